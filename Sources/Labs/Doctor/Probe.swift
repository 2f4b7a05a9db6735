/// One thing that this machine can or can't do.
public struct Probe: Equatable, Sendable, Codable {
    /// As `Capability` spells it.
    public var name: String
    public var ok: Bool
    /// What was seen.
    public var detail: String
    /// What to do about it; nil if there is nothing to do.
    public var remedy: String?

    public init(name: String, ok: Bool, detail: String, remedy: String? = nil) {
        (self.name, self.ok, self.detail, self.remedy) = (name, ok, detail, remedy)
    }
}

/// What trials may need of a machine.
public enum Capability: String, CaseIterable, Sendable {
    case kernel
    case cores
    case memory
    case disk
    /// Root of the machine, or user namespaces: the way into the lab.
    case rights
    /// Bridge, virtual interfaces, a network namespace for each node.
    case network
    case iptables
    /// Queues with a rate (htb).
    case tc
    /// Delay of packets.
    case netem
    /// Power loss on ext4.
    case ext4
    /// Power loss on XFS.
    case xfs
    case redisServer = "redis-server"
    /// The library by which servers' fsyncs are slowed down.
    case preload
}
