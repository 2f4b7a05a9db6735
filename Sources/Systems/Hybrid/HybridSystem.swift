import History
import Labs
import Workers
import Workload

/// Two systems in one lab, for one trial: events come into the hot one, and a bridge carries them to the cold one.
///
/// What a fault asks goes to the tier that it names, or that its node is of. Everything that clients of agents see is
/// the hot tier's.
final class HybridSystem: System {
    private let hot: any System
    private let cold: any System
    private let own: BridgeSettings
    private let retains: (hot: Bool, cold: Bool)
    /// Names of the hot tier's nodes.
    private var hotNodes: Set<String> = []
    /// The tier that a fault named last: it is that tier's leader that is waited for.
    private var meansCold = false

    init(hot: any System, cold: any System, bridge: BridgeSettings, hotRetains: Bool, coldRetains: Bool) {
        (self.hot, self.cold, own) = (hot, cold, bridge)
        retains = (hotRetains, coldRetains)
    }

    func start(in lab: any Lab, patience: any Patience) throws(SystemError) {
        try hot.start(in: lab, patience: patience)
        hotNodes = Set(lab.nodes.map(\.name))
        try cold.start(in: lab, patience: patience)
    }

    // MARK: Tiers

    private static let hotName = "hot"
    private static let coldName = "cold"

    let tiers: [String?] = [hotName, coldName]

    func tier(of node: any Node) -> String? { hotNodes.contains(node.name) ? Self.hotName : Self.coldName }

    private func owner(of node: any Node) -> any System { hotNodes.contains(node.name) ? hot : cold }
    private var meant: any System { meansCold ? cold : hot }

    func resolve(_ word: NodeWord) throws(SystemError) -> [any Node] {
        var plain = word
        plain.tier = nil
        // A node's name says its tier by itself.
        if word.tier == nil, word.number == nil,
            let node = try cold.resolve(NodeWord("all")).first(where: { $0.name == word.word })
        {
            meansCold = true
            return [node]
        }
        meansCold = word.tier == Self.coldName
        return try meant.resolve(plain)
    }

    var logs: [History.Log] {
        var hot = History.Log(name: Name(Self.hotName), streams: self.hot.streams.map(Name.init))
        hot.retention = retains.hot
        hot.kinds = EventKind.usual.map { Name($0.name) }
        var cold = History.Log(name: Name(Self.coldName), streams: self.cold.streams.map(Name.init))
        (cold.retention, cold.ofRecord) = (retains.cold, true)
        cold.kinds = (own.kinds + BridgeSettings.straightKinds).map { Name($0.name) }
        return [hot, cold]
    }

    var bridge: BridgePlan? {
        let (client, groupName) = hot.subscription(of: own.group)
        var cold = self.cold.clientOrders()
        // A cold tier that is away for some time is waited for: a try that is given up is a copy more.
        // In a transaction that time is the transaction's own.
        if cold.settings["delivery.timeout.ms"] == nil, !own.transactions {
            cold.settings["message.timeout.ms"] = cold.settings["message.timeout.ms"] ?? "600000"
        }
        // Nobody waits for a bridge, and a batch in one request is less work for the brokers than one in two.
        if cold.settings["queue.buffering.max.ms"] == nil {
            cold.settings["linger.ms"] = cold.settings["linger.ms"] ?? "5"
        }
        return BridgePlan(settings: own, groupName: groupName, hot: client, cold: cold, coldLog: Self.coldLog)
    }

    private static let coldLog = 1

    /// A cold tier that is away for some time holds up what goes straight there and nothing else; a trial's end is not to
    /// wait for it for long.
    var straight: ProducerOrders.Straight? {
        var orders = cold.clientOrders()
        orders.settings = KafkaClientProperties.withoutTransactions(orders.settings)
        if orders.settings["delivery.timeout.ms"] == nil {
            orders.settings["message.timeout.ms"] = orders.settings["message.timeout.ms"] ?? "30000"
        }
        return ProducerOrders.Straight(client: orders, log: Self.coldLog)
    }

    // MARK: Nodes

    func answers(_ node: any Node) -> Bool { owner(of: node).answers(node) }
    func launch(_ node: any Node) throws(SystemError) { try owner(of: node).launch(node) }
    func awaitAnswer(of node: any Node, patience: any Patience) throws(SystemError) -> RestartResult {
        try owner(of: node).awaitAnswer(of: node, patience: patience)
    }
    func repair(_ node: any Node) throws(SystemError) -> String { try owner(of: node).repair(node) }
    func port(of node: any Node) -> UInt16 { owner(of: node).port(of: node) }
    func promote(_ node: any Node, patience: any Patience) throws(SystemError) -> String {
        try owner(of: node).promote(node, patience: patience)
    }
    func rejoin(_ node: any Node) throws(SystemError) -> String { try owner(of: node).rejoin(node) }
    func isOutOfSync(_ node: any Node) -> Bool { owner(of: node).isOutOfSync(node) }
    func command(_ node: any Node, _ words: [String]) throws(SystemError) -> String {
        try owner(of: node).command(node, words)
    }

    var failover: Failover { meant.failover }
    var leader: (any Node)? { meant.leader }
    func candidates() -> [Candidate] { meant.candidates() }
    func strays() -> [any Node] { hot.strays() + cold.strays() }
    func isConverged() -> Bool { hot.isConverged() && cold.isConverged() }

    func observe() {
        hot.observe()
        cold.observe()
    }

    var circumstances: [(name: String, detail: String)] { hot.circumstances + cold.circumstances }

    func collectLogs() {
        hot.collectLogs()
        cold.collectLogs()
    }

    // MARK: Events

    var streams: [String] { hot.streams }
    var form: Position.Form { hot.form }
    var isolates: Bool { hot.isolates }
    func clientOrders() -> ClientOrders { hot.clientOrders() }

    func replay(passes: Int, into writer: inout ShardWriter, patience: any Patience) throws(SystemError) {
        try hot.replay(passes: passes, into: &writer, patience: patience)
        try cold.replay(passes: passes, into: &writer, patience: patience)
    }

    func read(
        stream: Int, from: Position?, patience: any Patience,
        _ each: (_ position: Position, _ event: DecodedEvent?) -> Void
    ) throws(SystemError) -> Int64 {
        try hot.read(stream: stream, from: from, patience: patience, each)
    }

    func subscription(of group: GroupSettings) -> (client: ClientOrders, groupName: String) {
        hot.subscription(of: group)
    }
    var resultStreams: [String] { hot.resultStreams }
    func resultOrders() -> ClientOrders { hot.resultOrders() }
    func deadStreams(of group: GroupSettings) -> [String] { hot.deadStreams(of: group) }
    func backlog(of group: GroupSettings) throws(SystemError) -> Backlog { try hot.backlog(of: group) }
    func members(of group: GroupSettings) throws(SystemError) -> Set<String> { try hot.members(of: group) }
    func groupEnds(patience: any Patience) throws(SystemError) -> [History.GroupEnd] {
        try hot.groupEnds(patience: patience)
    }
}
