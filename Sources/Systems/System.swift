public import History
public import Labs
public import Workers
public import Workload

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
    /// Moves a part of the slots that a node leads to another node, or to the next, while clients use them; says what was
    /// seen of it.
    func moveSlots(
        part: Int, from node: any Node, to other: (any Node)?, atomically: Bool, patience: any Patience
    ) throws(SystemError) -> String
    /// A command of the system's own language (or tool) on a node; its reply as text.
    func command(_ node: any Node, _ words: [String]) throws(SystemError) -> String
    /// Looks at the system during the load, some 20 times a second, for circumstances that set a trial apart
    /// (`fsync-pending`); called until the first fault begins.
    func observe()
    /// Circumstances that held when the first fault began, or came about during the load and change what it means
    /// (`hasty-failover`), with what was seen. Asked for when the load is over.
    var circumstances: [(name: String, detail: String)] { get }
    /// The trial is over: whatever of the servers' logs does not lie in its folder yet is put there.
    func collectLogs()
    /// The trial is over, and so is what it made in a cluster that goes on: removes that; returns what could not be.
    func leave() -> [String]
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

    // Tiers: of a system that has several.

    /// Names of its tiers, as node words say them, the one first that words without a tier mean; a system that is one
    /// whole has one without a name.
    var tiers: [String?] { get }
    /// Which of its tiers a node is of.
    func tier(of node: any Node) -> String?
    /// Its logs, if there are several that should hold the same events; empty: there is one.
    var logs: [History.Log] { get }
    /// What a bridge between its tiers must know; nil: it has none.
    var bridge: BridgePlan? { get }
    /// Parts of its streams that have a primary of their own, by the name of that at this moment; empty: it is one whole.
    var parts: [(name: String, streams: [Int])] { get }
    /// Where producers write the workload's additional kinds; nil: where they write all others.
    var straight: ProducerOrders.Straight? { get }

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
    /// Names of the consumers that the group knows at this moment, those that are gone and not forgotten included.
    func members(of group: GroupSettings) throws(SystemError) -> Set<String>
    /// Where executors answer, by their names in the history, as many as there are streams of events; empty if no group
    /// reads that.
    var resultStreams: [String] { get }
    /// What an executor must know to publish its results.
    func resultOrders() -> ClientOrders
    /// Where each group stands in each of its streams now that all is over.
    func groupEnds(patience: any Patience) throws(SystemError) -> [History.GroupEnd]
}

// What a system without tiers, without groups, or without replay from a place, need not say.
extension System {
    public var tiers: [String?] { [nil] }
    public func tier(of node: any Node) -> String? { nil }
    public var logs: [History.Log] { [] }
    public var bridge: BridgePlan? { nil }
    public var parts: [(name: String, streams: [Int])] { [] }
    public var straight: ProducerOrders.Straight? { nil }
    public var isolates: Bool { false }
    public func moveSlots(
        part: Int, from node: any Node, to other: (any Node)?, atomically: Bool, patience: any Patience
    ) throws(SystemError) -> String {
        throw SystemError(.notApplicable, "\(node.name) has no slots: only redis-cluster has")
    }
    public func subscription(of group: GroupSettings) -> (client: ClientOrders, groupName: String) {
        (group.reads == .results ? resultOrders() : clientOrders(), group.name)
    }
    public var resultStreams: [String] { [] }
    public func resultOrders() -> ClientOrders {
        var orders = clientOrders()
        orders.streams = resultStreams
        return orders
    }
    public func deadStreams(of group: GroupSettings) -> [String] { [] }
    public func backlog(of group: GroupSettings) throws(SystemError) -> Backlog { Backlog(unread: 0, pending: 0) }
    public func members(of group: GroupSettings) throws(SystemError) -> Set<String> { [] }
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

/// What bridges have in common: where they read, where they write, and how.
public struct BridgePlan: Sendable {
    public var settings: BridgeSettings
    /// As the hot log calls their group.
    public var groupName: String
    public var hot: ClientOrders
    public var cold: ClientOrders
    /// The index of the cold log among the system's `logs`.
    public var coldLog: Int

    public init(
        settings: BridgeSettings, groupName: String, hot: ClientOrders, cold: ClientOrders, coldLog: Int
    ) {
        (self.settings, self.groupName, self.hot, self.cold) = (settings, groupName, hot, cold)
        self.coldLog = coldLog
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
