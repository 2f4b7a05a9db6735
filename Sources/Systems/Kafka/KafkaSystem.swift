import Access
import History
import Labs
import Platform
import Workers
import Workload

/// Kafka in a lab, for one trial: a cluster, which may have served an earlier trial, and topics of its own.
final class KafkaSystem: System {
    let settings: KafkaSettings
    let trial: TrialSetting
    private(set) var topics: KafkaTopics
    /// Somebody else's cluster that it runs in; nil: a lab's.
    private let access: Access?
    private var journal: Journal?
    let form = Position.Form.offset
    let isolates = true
    private(set) var cluster: KafkaCluster?
    /// Whether the cluster has served another trial.
    private let isReused: Bool
    private var convergence = KafkaConvergence()
    private var view: KafkaView?
    /// The partition whose leader is the primary: the one that was busiest when a fault last named that.
    private var watched: Int32?
    /// Who led it when that was last known.
    private var lastLeader: Int32?
    private let groups: KafkaGroups

    convenience init(_ settings: KafkaSettings, _ trial: TrialSetting) {
        self.init(settings, trial, reusing: nil)
    }

    convenience init(_ settings: KafkaSettings, _ trial: TrialSetting, at access: Access) {
        self.init(settings, trial, reusing: nil, at: access)
    }

    private init(
        _ settings: KafkaSettings, _ trial: TrialSetting, reusing cluster: KafkaCluster?, at access: Access? = nil
    ) {
        self.access = access
        (self.settings, self.trial, self.cluster) = (settings, trial, cluster)
        let topics = KafkaTopics(settings, trial)
        self.topics = topics
        groups = KafkaGroups(
            trial.groups, run: trial.run, topics: topics, hasMarkers: settings.transactions != nil,
            retains: settings.retains)
        isReused = cluster != nil
    }

    var streams: [String] { topics.streams }

    func started() throws(SystemError) -> KafkaCluster {
        guard let cluster, !cluster.all.isEmpty else {
            throw SystemError(.unreachable, "kafka has not been started")
        }
        return cluster
    }

    // MARK: Starting

    func start(in lab: any Lab, patience: any Patience) throws(SystemError) {
        if let access { return try attach(to: access, in: lab, patience) }
        let cluster = if let known = self.cluster { known } else { try startCluster(in: lab, patience) }
        if isReused {
            for server in cluster.all { try server.move(to: trial.logDirectory) }
            try KafkaTopics.clear(cluster, patience: patience)
        }
        try topics.make(on: cluster, patience: patience)
        if !isReused { try KafkaWarming(topics: topics, cluster: cluster).apply(patience) }
        try topics.prove(on: cluster, patience)
        try makeReady(cluster, patience)
        for server in cluster.all { try cluster.sync(server) }
    }

    private func makeReady(_ cluster: KafkaCluster, _ patience: any Patience) throws(SystemError) {
        if settings.transactions != nil { try makeCoordinators(cluster, patience) }
        try groups.makeCoordinators(cluster, patience)
        guard try patience.wait(upTo: SystemLimits.syncSeconds, until: { isConverged() }) else {
            throw SystemError(
                .deadline,
                "the cluster is not whole \(Int(SystemLimits.syncSeconds)) s after its start: \(convergence.missing)")
        }
    }

    /// Somebody else's runs already: what is made there are topics and groups, each written down before.
    private func attach(to access: Access, in lab: any Lab, _ patience: any Patience) throws(SystemError) {
        guard let lab = lab as? ExternalLab else { throw SystemError(.lab, "this system is not of a lab's making") }
        journal = lab.journal
        let cluster = try ExternalKafka.attach(settings, access, in: lab, logDirectory: trial.logDirectory)
        self.cluster = cluster
        topics.ids = cluster.brokers.map(\.id)
        do {
            try lab.journal.begin(topics.names.map { .topic($0) } + trial.groups.map { .group(groups.name(of: $0)) })
        } catch { throw SystemError(.lab, error.message) }
        try topics.make(on: cluster, patience: patience)
        try topics.prove(on: cluster, patience)
        try makeReady(cluster, patience)
    }

    func leave() -> [String] {
        guard let journal, let cluster else { return [] }
        return ExternalKafka.remove(journal, on: cluster)
    }

    private func startCluster(in lab: any Lab, _ patience: any Patience) throws(SystemError) -> KafkaCluster {
        let home = try KafkaHome.find(settings.home, in: lab.kind)
        let isHere = home.origin == .machine
        let cluster = KafkaCluster(
            settings, home: home,
            archive: isHere ? try KafkaArchive(home: home).path(patience: patience) : home.ownArchive)
        self.cluster = cluster
        try cluster.start(in: lab, trial: trial, patience: patience)
        return cluster
    }

    /// The topic that transactions are kept in is made when the first is asked for: not during the load.
    private func makeCoordinators(_ cluster: KafkaCluster, _ patience: any Patience) throws(SystemError) {
        var said = "no answer"
        let came = try patience.wait(upTo: SystemLimits.syncSeconds) {
            let request = KafkaCoordinatorRequest(key: "holdfast-\(trial.run)", kind: .transaction)
            let answer = KafkaServer.ask(request, of: [cluster.brokers[0]]).first?.answer
            said = answer.map { KafkaErrorName.of($0.error) } ?? "no answer"
            return answer?.error == 0
        }
        guard came else {
            throw SystemError(
                .deadline,
                "nobody coordinates transactions \(Int(SystemLimits.syncSeconds)) s after the start: \(said)")
        }
    }

    /// The system of another trial on the same cluster: its topics are fresh, everything else is as it was. Nil if the
    /// other trial asks for another cluster, or this one is not whole or has no room for it.
    ///
    /// Not for a cluster that a fault was done to; who calls this knows.
    func renewed(_ settings: KafkaSettings, _ trial: TrialSetting) -> KafkaSystem? {
        guard let cluster, settings.hasSameCluster(as: self.settings),
            trial.ownFilesystems == self.trial.ownFilesystems,
            trial.preload == nil, self.trial.preload == nil, cluster.hasRoom(for: trial.expectedBytes)
        else { return nil }
        // The trial before has given its access back.
        guard (try? cluster.admit()) != nil, isConverged() else {
            if cluster.authority != nil { Access.drop() }
            return nil
        }
        return KafkaSystem(settings, trial, reusing: cluster)
    }

    /// Puts what the servers said during this trial into its `logs/`. After the trial's end, before another one begins.
    func collectLogs() {
        for server in cluster?.all ?? [] { try? server.collectLog() }
    }

    func launch(_ node: any Node) throws(SystemError) {
        let cluster = try started()
        let server = try cluster.server(of: node)
        convergence = KafkaConvergence()
        view = nil
        try cluster.launchAgain(server)
    }

    func awaitAnswer(of node: any Node, patience: any Patience) throws(SystemError) -> RestartResult {
        let cluster = try started()
        let server = try cluster.server(of: node)
        var waits: String?
        let came = try patience.wait(upTo: SystemLimits.startSeconds) {
            if server.isGone || serves(server) { return true }
            waits = cluster.whatIsMissing(for: server)
            return waits != nil
        }
        if server.isGone { return .refused(log: server.logTail()) }
        if let waits { return .waits(for: waits) }
        guard came else {
            throw SystemError(
                .deadline,
                "\(node.name) does not serve within \(Int(SystemLimits.startSeconds)) s; its log ends:\n"
                    + server.logTail())
        }
        return .answered
    }

    func repair(_ node: any Node) throws(SystemError) -> String {
        throw SystemError(
            .notApplicable,
            "Kafka has no tool that repairs a data directory: a broker that refuses its own comes back empty and "
                + "copies from the others")
    }

    // MARK: Clients

    func clientOrders() -> ClientOrders {
        ClientOrders(
            client: "kafka", addresses: cluster?.brokers.map(\.address) ?? [], streams: streams,
            ack: settings.acks.rawValue, settings: settings.producerProperties)
    }

    func port(of node: any Node) -> UInt16 {
        if let node = node as? ExternalNode { return node.server.port }
        let role = (try? cluster?.server(of: node))?.role
        return role == .controller ? KafkaProperties.controllerPort : KafkaProperties.brokerPort
    }

    // MARK: Looking

    /// What the brokers say now; a moment ago counts as now.
    private func look() -> KafkaView {
        if let view, MonotonicClock.now() - view.time < SystemLimits.convergenceNanoseconds { return view }
        let fresh = KafkaView(of: topics.names, from: cluster?.brokers ?? [])
        view = fresh
        return fresh
    }

    /// The partition that holds the most, of those whose leaders say how much that is.
    private func busiest() -> Int32? {
        guard let cluster else { return nil }
        let view = look()
        var led: [Int32: [Int32]] = [:]
        for index in 0..<Int32(topics.partitions) {
            if let leader = view.partition(topics.events, index)?.leader, leader >= 0 {
                led[leader, default: []].append(index)
            }
        }
        let questions = cluster.brokers.compactMap { server in
            led[server.id].map {
                (server: server, request: KafkaEndOffsetsRequest(topic: topics.events, partitions: $0))
            }
        }
        let ends = KafkaServer.ask(questions).flatMap(\.answer).filter { $0.error == 0 }
        // Where all have about the same, the one that was meant before is meant again.
        let most = ends.map(\.offset).max() ?? 0
        if let watched, ends.contains(where: { $0.partition == watched && $0.offset >= most - most / 10 }) {
            return watched
        }
        return ends.max { ($0.offset, -$0.partition) < ($1.offset, -$1.partition) }?.partition
    }

    private var watchedPartition: Int32? {
        if watched == nil { watched = busiest() }
        return watched
    }

    var failover: Failover { .byItself }

    /// If nobody answers, the last that was known: only who is told of another may believe in another.
    var leader: (any Node)? {
        guard let cluster, let watched = watchedPartition else { return nil }
        if let partition = look().partition(topics.events, watched) { lastLeader = partition.leader }
        return lastLeader.flatMap { cluster.broker($0)?.node }
    }

    /// Whether a server does its work by its own word: a broker that is registered and not fenced, a controller that
    /// takes part.
    private func serves(_ server: KafkaServer) -> Bool {
        if server.role.isController, !isController(server) { return false }
        guard server.role.isBroker else { return true }
        let own = KafkaServer.ask(KafkaMetadataRequest(topics: []), of: [server]).first?.answer
        return own?.brokers.contains { $0.id == server.id } ?? false
    }

    /// One that does not lead refuses the question, and answers all the same.
    private func isController(_ server: KafkaServer) -> Bool {
        !KafkaServer.ask(KafkaQuorumRequest(), of: [server], port: KafkaProperties.controllerPort).isEmpty
    }

    /// Of the broker that leads the watched partition this wants more: that it says so itself, and takes a write.
    func answers(_ node: any Node) -> Bool {
        guard let server = try? cluster?.server(of: node), serves(server) else { return false }
        guard server.role.isBroker, let watched, let partition = look().partition(topics.events, watched),
            partition.leader == server.id
        else { return true }
        let view = look()
        guard view.partitionsLed(by: server, of: topics.events).contains(watched) else { return false }
        let probes = view.partitionsLed(by: server, of: topics.probe)
        let beside = topics.probePartition(beside: watched)
        guard let probe = probes.contains(beside) ? beside : probes.first else {
            let request = KafkaEndOffsetsRequest(topic: topics.events, partitions: [watched])
            return KafkaServer.ask(request, of: [server]).first?.answer.first?.error == 0
        }
        return topics.write(to: probe, on: server, acks: 1)?.error == 0
    }

    func isConverged() -> Bool {
        guard let cluster, !cluster.all.isEmpty else { return false }
        return convergence.holds(cluster, topics: topics.names)
    }

    /// By the word of the leader: who is cut off from it may not know yet.
    func isOutOfSync(_ node: any Node) -> Bool {
        guard let cluster, let server = try? cluster.server(of: node) else { return true }
        guard server.role.isBroker else { return !answers(node) }
        let view = look()
        guard let watched = watchedPartition, let known = view.partition(topics.events, watched) else { return false }
        let word = cluster.broker(known.leader).flatMap { view.own($0)?.partition(topics.events, watched) } ?? known
        return !word.inSync.contains(server.id)
    }

    // MARK: Nodes

    func resolve(_ word: NodeWord) throws(SystemError) -> [any Node] {
        let cluster = try started()
        if let tier = word.tier {
            throw SystemError(.notApplicable, "`\(word)`: kafka has no tier `\(tier)`")
        }
        switch (word.word, word.number) {
        case ("primary", nil), ("primary", 1): return [try primary(cluster).node]
        case ("replica", nil): return [try anyReplica(cluster)].compactMap { $0?.node }
        case ("replica", let number?): return [try replica(number, word, cluster).node]
        case ("replicas", nil): return try replicas(cluster).map(\.node)
        case ("broker", nil): return [cluster.brokers.first(where: \.isRunning) ?? cluster.brokers[0]].map(\.node)
        case ("broker", let number?) where number <= cluster.brokers.count: return [cluster.brokers[number - 1].node]
        case ("controller", nil) where cluster.home == nil: return [try cluster.foreignController().node]
        case ("controller", nil):
            guard let active = cluster.activeController() else {
                throw SystemError(.unreachable, "`controller`: no controller says that it leads at this moment")
            }
            return [active.node]
        case ("controller", let number?) where number <= cluster.controllers.count:
            return [cluster.controllers[number - 1].node]
        case ("coordinator", nil): return [try coordinator(cluster).node]
        case ("controllers", nil): return cluster.controllers.map(\.node)
        case ("all", nil): return cluster.all.map(\.node)
        default:
            if word.number == nil, let named = cluster.all.first(where: { $0.node.name == word.word }) {
                return [named.node]
            }
            let names = cluster.all.map { "`\($0.node.name)`" }.joined(separator: ", ")
            throw SystemError(
                .notApplicable,
                "`\(word)` is no node of kafka: it has `primary`, `replica`, `replicas`, `broker N`, `controller`, "
                    + "`controllers`, `coordinator`, `all` and \(names)")
        }
    }

    private func primary(_ cluster: KafkaCluster) throws(SystemError) -> KafkaServer {
        guard let busiest = busiest(), let partition = look().partition(topics.events, busiest),
            let leader = cluster.broker(partition.leader)
        else {
            throw SystemError(.unreachable, "`primary`: no partition has a leader that answers at this moment")
        }
        (watched, lastLeader) = (busiest, leader.id)
        return leader
    }

    /// The broker that coordinates the first group.
    private func coordinator(_ cluster: KafkaCluster) throws(SystemError) -> KafkaServer {
        guard let group = groups.groups.first else {
            throw SystemError(.notApplicable, "`coordinator`: this trial has no groups; give it some under `groups`")
        }
        let found = groups.findCoordinator(of: group, cluster)
        guard let id = found.broker, let server = cluster.broker(id) else {
            throw SystemError(
                .unreachable, "`coordinator`: nobody coordinates \(group.name) at this moment: \(found.said)")
        }
        return server
    }

    private func watchedNow() throws(SystemError) -> Int32 {
        guard let watched = watchedPartition else {
            throw SystemError(.unreachable, "no partition has a leader that answers at this moment")
        }
        return watched
    }

    private func replicas(_ cluster: KafkaCluster) throws(SystemError) -> [KafkaServer] {
        let watched = try watchedNow()
        let leader = look().partition(topics.events, watched)?.leader
        return topics.assignment(of: Int(watched)).filter { $0 != leader }.compactMap { cluster.broker($0) }
    }

    /// One in sync, if there is one.
    private func anyReplica(_ cluster: KafkaCluster) throws(SystemError) -> KafkaServer? {
        let others = try replicas(cluster)
        return others.first { $0.isRunning && !isOutOfSync($0.node) } ?? others.first(where: \.isRunning)
            ?? others.first
    }

    /// As the partition's copies were numbered when it was made, after the one that was to lead.
    private func replica(
        _ number: Int, _ word: NodeWord, _ cluster: KafkaCluster
    ) throws(SystemError) -> KafkaServer {
        let assignment = topics.assignment(of: Int(try watchedNow()))
        guard number < assignment.count, let server = cluster.broker(assignment[number]) else {
            throw SystemError(
                .notApplicable, "`\(word)`: a partition has one leader and \(assignment.count - 1) replicas")
        }
        return server
    }

    // MARK: Commands

    func promote(_ node: any Node, patience: any Patience) throws(SystemError) -> String {
        throw SystemError(
            .notApplicable,
            "\(node.name) cannot be promoted: Kafka itself makes an in-sync replica lead; what an operator has is "
                + "`command` with kafka-leader-election.sh")
    }

    func command(_ node: any Node, _ words: [String]) throws(SystemError) -> String {
        let cluster = try started()
        guard let home = cluster.home else {
            throw SystemError(.notApplicable, "\(node.name) is somebody else's: no tool is run against it")
        }
        return try KafkaTool(home: home).run(words, on: try cluster.server(of: node))
    }

    func observe() {}

    var circumstances: [(name: String, detail: String)] { [] }

    func replay(passes: Int, into writer: inout ShardWriter, patience: any Patience) throws(SystemError) {
        let addresses = try started().brokers.map(\.address)
        var replays = [
            try KafkaReplay(addresses: addresses, streams: streams, run: trial.run, isolation: isolation)
        ]
        if !resultStreams.isEmpty {
            replays.append(
                try KafkaReplay(
                    addresses: addresses, streams: resultStreams, run: trial.run, isolation: .uncommitted))
        }
        for group in trial.groups {
            let dead = deadStreams(of: group)
            if dead.isEmpty { continue }
            replays.append(
                try KafkaReplay(addresses: addresses, streams: dead, run: trial.run, isolation: .uncommitted))
        }
        for pass in 0..<passes {
            for index in replays.indices { try replays[index].read(pass: pass + 1, into: &writer, patience: patience) }
        }
    }

    private var isolation: KafkaReplay.Isolation { settings.transactions == nil ? .uncommitted : .committed }

    func read(
        stream: Int, from: Position?, patience: any Patience,
        _ each: (_ position: Position, _ event: DecodedEvent?) -> Void
    ) throws(SystemError) -> Int64 {
        let section = KafkaSection(
            topic: topics.events, partition: Int32(stream), addresses: try started().brokers.map(\.address),
            isolation: isolation.rawValue)
        return try section.read(from: from.map { Int64($0.major) + 1 } ?? 0, patience: patience) {
            each(Position(UInt64($0)), $1)
        }
    }

    // MARK: Groups

    func subscription(of group: GroupSettings) -> (client: ClientOrders, groupName: String) {
        var client = clientOrders()
        client.settings = settings.consumerProperties
        if group.reads == .results { client.streams = resultStreams }
        return (client, groups.name(of: group))
    }

    func deadStreams(of group: GroupSettings) -> [String] { topics.deadStreams(of: group.name) }

    var resultStreams: [String] { topics.resultStreams }

    /// An executor answers one by one, whatever its agents do.
    func resultOrders() -> ClientOrders {
        var orders = clientOrders()
        orders.streams = resultStreams
        orders.settings = KafkaClientProperties.withoutTransactions(orders.settings)
        return orders
    }

    func backlog(of group: GroupSettings) throws(SystemError) -> Backlog {
        let view = look()
        return try groups.backlog(of: group, try started()) { topic in
            var leaders: [Int32: Int32] = [:]
            for index in 0..<Int32(topics.partitions) {
                if let leader = view.partition(topic, index)?.leader, leader >= 0 { leaders[index] = leader }
            }
            return leaders
        }
    }

    func groupEnds(patience: any Patience) throws(SystemError) -> [History.GroupEnd] {
        try groups.groupEnds(try started(), patience)
    }
}

extension KafkaSettings {
    /// Whether a cluster that was started with the others would be the very same with these.
    func hasSameCluster(as other: KafkaSettings) -> Bool {
        (brokers, controllers, combined) == (other.brokers, other.controllers, other.combined)
            && eligibleLeaderReplicas == other.eligibleLeaderReplicas && filesystem == other.filesystem
            && admission == other.admission
            && home == other.home && broker == other.broker
    }
}
