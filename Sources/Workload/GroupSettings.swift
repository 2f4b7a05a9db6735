/// A consumer group, as a suite says it: who reads every event, and when it counts one as done. Times are in
/// nanoseconds.
public struct GroupSettings: Codable, Hashable, Sendable {
    /// When a consumer tells the broker that it is done with what it was handed.
    public enum Ack: String, CaseIterable, Codable, Sendable {
        /// Once its work is done: at least once.
        case afterProcessing = "after-processing"
        /// Before it begins to work: at most once.
        case beforeProcessing = "before-processing"
        /// Never: handing over is all that the broker asks for (NOACK).
        case none
        /// The client library does, from time to time, for whatever it has handed over.
        case auto
    }

    public enum Assignor: String, CaseIterable, Codable, Sendable {
        /// Eager: at each change everyone gives up everything.
        case range
        case cooperativeSticky = "cooperative-sticky"
    }

    public enum Isolation: String, CaseIterable, Codable, Sendable {
        case readCommitted = "read_committed"
        case readUncommitted = "read_uncommitted"
    }

    /// Who decides which member reads what.
    public enum MembershipProtocol: String, CaseIterable, Codable, Sendable {
        case classic
        /// The broker (KIP-848).
        case consumer
    }

    /// What it reads.
    public enum Source: String, Codable, Sendable {
        case events
        /// What executors answered.
        case results
    }

    public enum Start: String, CaseIterable, Codable, Sendable {
        case beginning
        case end
    }

    public var name: String
    public var consumers: Int
    /// Worker processes that share the consumers.
    public var processes: Int
    public var ack: Ack = .afterProcessing
    /// How long a consumer works on one event.
    public var processing: Int64 = 0
    /// Events that a consumer takes at a time, at the most.
    public var batch = 100
    /// How long a read that finds nothing waits for something.
    public var block: Int64 = 1_000_000_000
    /// From when on what another consumer holds idle is taken over; nil: never.
    public var claim: Int64? = 1_000_000_000
    public var assignor: Assignor = .range
    /// Members keep their places over a restart.
    public var isStatic = false
    /// A member of which nothing is heard for so long is out.
    public var sessionTimeout: Int64 = 6_000_000_000
    /// A member that asks for nothing for so long is out.
    public var pollTimeout: Int64 = 30_000_000_000
    public var autoCommitInterval: Int64 = 5_000_000_000
    public var isolation: Isolation = .readCommitted
    public var membership: MembershipProtocol = .classic
    public var start: Start = .beginning
    /// After so many deliveries an event that cannot be processed goes to the dead letters; nil: never.
    public var deadLetterAfter: Int?
    /// What every group has acknowledged is deleted at once.
    public var deletes = false
    public var reads: Source = .events
    /// It answers each dispatch with a result, and is done with it only then.
    public var answers = false

    public init(name: String, consumers: Int = 1, processes: Int? = nil) {
        (self.name, self.consumers, self.processes) = (name, consumers, processes ?? consumers)
    }

    /// The consumers of one of its processes, numbered from 0: every `processes`-th.
    public func consumers(ofProcess process: Int) -> Int { (consumers - process + processes - 1) / processes }
}
