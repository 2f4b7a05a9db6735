public import Documents
public import History
public import Labs
public import Workers
public import Workload

/// A kind of system that a suite can name. A new one is one folder beside `Redis` and one line in `Systems.all`.
public protocol SystemKind: Sendable {
    /// As suites say it: `redis-standalone`.
    var name: String { get }
    var about: String { get }
    var settings: [SettingDescription] { get }
    /// What each form of acknowledgement promises there: (`reply`, `one process has applied it in memory`).
    var acknowledgements: [(form: String, promise: String)] { get }
    /// Checks a configuration of a suite without starting anything; refuses what is wrong, by field.
    func configure(_ text: ConfigurationText) throws(Diagnostic) -> any ConfiguredSystem
    /// What consumer groups can be told there; nil: it has none.
    var groupForm: GroupForm? { get }
    /// The server that a configuration gets which names none, if the machine does not have it as a program of its own;
    /// throws what is missing and how to get it. Nil: such a program it is.
    func broughtServer() throws(SystemError) -> ServerVersion?
}

extension SystemKind {
    public var groupForm: GroupForm? { nil }
    public func broughtServer() throws(SystemError) -> ServerVersion? { nil }
}

/// What means something for the consumer groups of a system, in a suite's words.
public struct GroupForm: Sendable {
    public var acks: [GroupSettings.Ack]
    /// Keys beyond those that every system has (`GroupForm.usual`).
    public var keys: [String]

    public static let usual = ["name", "consumers", "processes", "ack", "processing", "batch", "start", "dead-letter"]

    public init(acks: [GroupSettings.Ack], keys: [String]) { (self.acks, self.keys) = (acks, keys) }
}

public struct SettingDescription: Sendable {
    public var name: String
    public var values: String
    public var usual: String
    public var about: String

    public init(name: String, values: String, usual: String, about: String) {
        (self.name, self.values, self.usual, self.about) = (name, values, usual, about)
    }
}

/// What a suite says of one configuration, as far as its system must understand it.
public struct ConfigurationText: Sendable {
    public var name: String
    /// The mapping under `settings`, nil if absent.
    public var settings: Value?
    public var ack: Value?
    public var retries: Value?
    public var transactions: Value?
    /// Where to point when something is missing: the configuration itself.
    public var place: Value
    public var agents: Int
    public var inFlight: Int

    public init(
        name: String, settings: Value?, ack: Value?, retries: Value?, transactions: Value? = nil, place: Value,
        agents: Int, inFlight: Int
    ) {
        (self.name, self.settings, self.ack, self.retries) = (name, settings, ack, retries)
        self.transactions = transactions
        (self.place, self.agents, self.inFlight) = (place, agents, inFlight)
    }
}

/// A checked configuration: knows what it needs of the machine, and makes the running system for one trial.
public protocol ConfiguredSystem: Sendable {
    var retries: Retries { get }
    /// The server program that will run, with name and version as it says them; throws what is missing and how to get
    /// it.
    func server() throws(SystemError) -> ServerVersion
    /// What an acknowledgement promises with just these settings, in a few words: `in the memory of one process`.
    var promise: String { get }
    /// Filesystem of each node's data, when it is to be one of its own.
    var filesystem: Filesystem { get }
    /// How large the filesystem of a node of its own is, at the most, in a trial that is expected to write so many
    /// bytes. A lab asks for room for each, one by one: their files are sparse.
    func filesystemBytes(expecting expectedBytes: Int) -> Int64
    func makeSystem(_ trial: TrialSetting) -> any System
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
    /// What this machine lacks for such groups, and how to get it; nil: nothing.
    func lack(for groups: [GroupSettings]) -> String?
}

extension ConfiguredSystem {
    public func makeSystem(_ trial: TrialSetting, from earlier: any System) -> (any System)? { nil }
    public var acknowledged: String? { nil }
    public var client: ServerVersion? { nil }
    public var lead: Int64 { 500_000_000 }
    public var retains: Bool { false }
    public func lack(for groups: [GroupSettings]) -> String? { nil }
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

    public init(
        run: String, agents: Int, logDirectory: String, expectedBytes: Int, ownFilesystems: Bool,
        groups: [GroupSettings] = []
    ) {
        (self.run, self.agents, self.logDirectory) = (run, agents, logDirectory)
        (self.expectedBytes, self.ownFilesystems, self.groups) = (expectedBytes, ownFilesystems, groups)
    }
}

/// A system that runs in a lab for one trial. Used by one thread: the one that runs the trial.
///
/// Nothing here sleeps and hopes: what takes time takes a `Patience`, which waits on a condition with a deadline and
/// keeps the harness responsive meanwhile.
public protocol System: AnyObject {
    /// Makes the nodes, starts the servers, checks their settings, and returns when all are in sync and take writes.
    func start(in lab: any Lab, patience: any Patience) throws(SystemError)
    /// Streams (or topic partitions) that the events go to, by their names in the history.
    var streams: [String] { get }
    /// What a producer must know to connect and publish; handed to the worker in its orders.
    func clientOrders() -> ClientOrders
    /// Nodes that a word of a fault means at this moment (`primary`, `replica 1`, `all`, a node's name …).
    func resolve(_ word: NodeWord) throws(SystemError) -> [any Node]
    /// Whether the server of this node answers, its data loaded, and takes writes as its role allows.
    func answers(_ node: any Node) -> Bool
    /// Starts the node's server again, and does not wait for it: others may have to be started before it can answer.
    func launch(_ node: any Node) throws(SystemError)
    /// Waits until a server that was launched answers or has refused to start.
    func awaitAnswer(of node: any Node, patience: any Patience) throws(SystemError) -> RestartResult
    /// Repairs the data of a node that refused to start, as an operator would; says what was done, or throws.
    func repair(_ node: any Node) throws(SystemError) -> String
    /// Every node up and in sync, fail-overs over.
    func isConverged() -> Bool
    /// Where a node's server takes connections of clients and peers.
    func port(of node: any Node) -> UInt16
    /// Who makes another node lead when the one that led is gone.
    var failover: Failover { get }
    /// The node that clients are to follow at this moment; nil if nobody leads, or each part has a leader of its own.
    var leader: (any Node)? { get }
    /// The nodes that an operator could make lead at this moment, that with the most of the log first.
    func candidates() -> [Candidate]
    /// Makes a node lead as an operator would: it takes a probe write, and whoever it can reach follows it.
    /// - Returns: what was seen of it.
    func promote(_ node: any Node, patience: any Patience) throws(SystemError) -> String
    /// Nodes that run, can be reached, and follow nobody or the wrong one: an old primary that is back.
    func strays() -> [any Node]
    /// Makes a stray follow the leader; says what was done.
    func rejoin(_ node: any Node) throws(SystemError) -> String
    /// Whether a node is out of sync: its link is down, or it is not in the in-sync set.
    func isOutOfSync(_ node: any Node) -> Bool
    /// A command of the system's own language (or tool) on a node; its reply as text.
    func command(_ node: any Node, _ words: [String]) throws(SystemError) -> String
    /// Looks at the system during the load, some 20 times a second, for circumstances that set a trial apart
    /// (`fsync-pending`); called until the first fault begins.
    func observe()
    /// Circumstances that held when the first fault began, with what was seen.
    var circumstances: [(name: String, detail: String)] { get }
    /// The trial is over: whatever of the servers' logs does not lie in its folder yet is put there.
    func collectLogs()
    /// Reads every stream from its beginning to its end, those of dead letters, too, `passes` times, into a shard.
    func replay(passes: Int, into writer: inout ShardWriter, patience: any Patience) throws(SystemError)
    /// Reads one stream as someone does who restores an agent: behind `from`, or from its beginning, to the end that it
    /// has when asked. `event` is nil for what cannot be read as one.
    /// - Parameter stream: which of `streams`.
    /// - Returns: the number of entries read.
    func read(
        stream: Int, from: Position?, patience: any Patience,
        _ each: (_ position: Position, _ event: DecodedEvent?) -> Void
    ) throws(SystemError) -> Int64

    // Consumer groups: those of the trial's setting.

    /// How positions of its streams are written.
    var form: Position.Form { get }
    /// Whether its consumers can leave out what was not committed.
    var isolates: Bool { get }
    /// What a consumer of the group must know to connect and read, and how the broker calls the group.
    func subscription(of group: GroupSettings) -> (client: ClientOrders, groupName: String)
    /// Where the group's dead letters go, by their names in the history; empty if it has none.
    func deadStreams(of group: GroupSettings) -> [String]
    /// What the group has not been handed or has not confirmed, as the system says at this moment. May be asked some ten
    /// times a second.
    func backlog(of group: GroupSettings) throws(SystemError) -> Backlog
    /// Where each group stands in each of its streams now that all is over.
    func groupEnds(patience: any Patience) throws(SystemError) -> [History.GroupEnd]
}

/// What a group has before it.
public struct Backlog: Hashable, Sendable {
    /// Entries that it was never handed.
    public var unread: Int64
    /// Entries that it was handed, and has not confirmed.
    public var pending: Int64

    public var isEmpty: Bool { unread == 0 && pending == 0 }

    public init(unread: Int64, pending: Int64) { (self.unread, self.pending) = (unread, pending) }
}

extension System {
    public var isolates: Bool { false }
    public func subscription(of group: GroupSettings) -> (client: ClientOrders, groupName: String) {
        (clientOrders(), group.name)
    }
    public func deadStreams(of group: GroupSettings) -> [String] { [] }
    public func backlog(of group: GroupSettings) throws(SystemError) -> Backlog { Backlog(unread: 0, pending: 0) }
    public func groupEnds(patience: any Patience) throws(SystemError) -> [History.GroupEnd] { [] }

    public func read(
        stream: Int, from: Position?, patience: any Patience,
        _ each: (_ position: Position, _ event: DecodedEvent?) -> Void
    ) throws(SystemError) -> Int64 {
        throw SystemError(.notApplicable, "this system cannot read a stream from a position")
    }
}

extension System {
    /// Starts the node's server again and waits until it answers or has refused to start.
    public func restart(_ node: any Node, patience: any Patience) throws(SystemError) -> RestartResult {
        try launch(node)
        return try awaitAnswer(of: node, patience: patience)
    }
}

public enum RestartResult: Sendable {
    case answered
    /// The server runs, and serves once others are there, too: what it waits for.
    case waits(for: String)
    /// The server ended without serving; the last lines of its log.
    case refused(log: String)
}

/// A node as faults name it.
public struct NodeWord: Hashable, Sendable, CustomStringConvertible {
    /// `primary`, `replica`, `all`, `down`, a node's name, …
    public var word: String
    /// `replica 1`: which, as numbered at the start, from 1.
    public var number: Int?
    /// `cold primary`.
    public var tier: String?

    public init(_ word: String, number: Int? = nil, tier: String? = nil) {
        (self.word, self.number, self.tier) = (word, number, tier)
    }

    public var description: String {
        [tier, word, number.map(String.init)].compactMap { $0 }.joined(separator: " ")
    }
}

/// Waits on conditions with deadlines; the harness keeps watching signals, workers and its progress line meanwhile.
public protocol Patience: AnyObject {
    /// True as soon as `condition` is; false if `seconds` passed first. Throws `interrupted` if the run is to end.
    func wait(upTo seconds: Double, until condition: () -> Bool) throws(SystemError) -> Bool
}

public struct SystemError: Error, Sendable, CustomStringConvertible {
    public enum Code: Sendable {
        case missing, setting, refused, unreachable, deadline, lab, interrupted, notApplicable
    }
    public var code: Code
    public var message: String

    public init(_ code: Code, _ message: String) { (self.code, self.message) = (code, message) }

    public var description: String { message }
}
