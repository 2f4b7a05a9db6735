public import Access
public import Labs
public import Workload

/// A checked configuration: knows what it needs of the machine, and makes the running system for one trial.
public protocol ConfiguredSystem: Sendable {
    var retries: Retries { get }
    /// The server program that will run in such a lab, with name and version as it says them; throws what is missing and
    /// how to get it.
    func server(in lab: any LabKind) throws(SystemError) -> ServerVersion
    /// All server programs that will run there.
    func servers(in lab: any LabKind) throws(SystemError) -> [ServerVersion]
    /// What an acknowledgement promises with just these settings, in a few words: `in the memory of one process`.
    var promise: String { get }
    /// Filesystem of each node's data, when it is to be one of its own.
    var filesystem: Filesystem { get }
    /// How large the filesystem of a node of its own is, at the most, in a trial that is expected to write so many
    /// bytes. A lab asks for room for each, one by one: their files are sparse.
    func filesystemBytes(expecting expectedBytes: Int) -> Int64
    func makeSystem(_ trial: TrialSetting) -> any System
    /// The system for one trial in a cluster of somebody else's; nil: it cannot be that as yet.
    func makeSystem(_ trial: TrialSetting, at access: Access) -> (any System)?
    /// Tries whatever a run at that cluster needs, and compares its settings with these; throws what is not so. Nothing
    /// stays there.
    func examine(_ access: Access, for groups: [GroupSettings]) throws(SystemError) -> ServerVersion
    /// A system for one more trial on what an earlier one started, if it is as good as new; nil: it must be made afresh.
    func makeSystem(_ trial: TrialSetting, from earlier: any System) -> (any System)?
    /// What counts as acknowledged, as a suite would write it: `reply`, `wait 1`, `all`.
    var acknowledgement: String { get }
    /// What reports call acknowledged events, where nobody answers and so nothing is: `sent`.
    var acknowledged: String? { get }
    /// The client library and its version, if the clients are not Holdfast's own.
    var client: ServerVersion? { get }
    /// Time that clients need to connect before the first event, in nanoseconds. Always the same for a configuration, so
    /// that the same seed gives the same intended times.
    var lead: Int64 { get }
    /// Whether its settings let events go after a time or beyond a length.
    var retains: Bool { get }
    /// For how long events stay under such a load, in nanoseconds; nil: for good.
    func retention(of workload: WorkloadSettings) -> Int64?
    /// Its log is in memory, whatever of it is on a disk as well.
    var keepsInMemory: Bool { get }
    /// What this machine lacks for such groups, and how to get it; nil: nothing.
    func lack(for groups: [GroupSettings]) -> String?
    /// Nobody makes another node lead but an operator.
    var isPromotedByOperator: Bool { get }
    /// Why nobody could judge it with such groups, or why its server would refuse them, and what to do instead; nil: it is
    /// fine.
    func objection(to groups: [GroupSettings], in lab: any LabKind) -> (problem: String, remedy: String)?
    /// Acknowledged events are let go at once, so that events which nobody acknowledged stand between them.
    func dropsAcknowledged(by groups: [GroupSettings]) -> Bool
    /// The bridges between its tiers; nil: it has none.
    var bridge: BridgeSettings? { get }
    /// Kinds that its agents have beyond the usual ones: they go straight to its cold tier.
    var straightKinds: [EventKind] { get }
}

extension ConfiguredSystem {
    public func makeSystem(_ trial: TrialSetting, at access: Access) -> (any System)? { nil }
    public func examine(_ access: Access, for groups: [GroupSettings]) throws(SystemError) -> ServerVersion {
        throw SystemError(
            .notApplicable,
            "such a system is not built for the lab external yet: those of Redis and kafka are")
    }
    public func makeSystem(_ trial: TrialSetting, from earlier: any System) -> (any System)? { nil }
    public var acknowledged: String? { nil }
    public var client: ServerVersion? { nil }
    public var lead: Int64 { 500_000_000 }
    public var retains: Bool { false }
    public func retention(of workload: WorkloadSettings) -> Int64? { nil }
    public var keepsInMemory: Bool { false }
    public func lack(for groups: [GroupSettings]) -> String? { nil }
    public func objection(to groups: [GroupSettings], in lab: any LabKind) -> (problem: String, remedy: String)? { nil }
    public func dropsAcknowledged(by groups: [GroupSettings]) -> Bool { false }
    public var bridge: BridgeSettings? { nil }
    public var isPromotedByOperator: Bool { false }
    public var straightKinds: [EventKind] { [] }
    public func servers(in lab: any LabKind) throws(SystemError) -> [ServerVersion] { [try server(in: lab)] }
}

public struct ServerVersion: Hashable, Sendable {
    public var path: String
    public var name: String
    public var version: String

    public init(path: String, name: String, version: String) {
        (self.path, self.name, self.version) = (path, name, version)
    }
}

/// What a running system must know of its trial.
public struct TrialSetting: Sendable {
    public var run: String
    public var agents: Int
    /// The trial's own folder for each node's configuration and log: `logs/`.
    public var logDirectory: String
    /// Bytes that the workload is expected to write, to size filesystems by.
    public var expectedBytes: Int
    /// False: nodes get plain folders (no fault of this trial needs a filesystem, or there is no right to make one).
    public var ownFilesystems: Bool
    /// Made when the system starts, with what holds their dead letters.
    public var groups: [GroupSettings]
    /// Loaded into every server, where the trial's fault slows fsyncs down.
    public var preload: Preload?

    public init(
        run: String, agents: Int, logDirectory: String, expectedBytes: Int, ownFilesystems: Bool,
        groups: [GroupSettings] = [], preload: Preload? = nil
    ) {
        (self.run, self.agents, self.logDirectory) = (run, agents, logDirectory)
        (self.expectedBytes, self.ownFilesystems, self.groups) = (expectedBytes, ownFilesystems, groups)
        self.preload = preload
    }

    /// What a node's server must have in its environment from its first start on.
    func environment(of node: any Node) throws(SystemError) -> [String: String] {
        guard let preload else { return [:] }
        do { return try preload.prepare(node) } catch { throw SystemError(.lab, "\(error)") }
    }
}
