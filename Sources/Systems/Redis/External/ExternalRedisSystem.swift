import Access
import History
import Labs
import Platform
import Workers
import Workload

/// Somebody else's Redis, for one trial: one server, a primary with replicas, or those with sentinels.
///
/// Nothing is started or configured. What is made has the run's name in front, is written down before it is made, and is
/// removed in the end. Who leads is what the servers themselves say.
final class ExternalRedisSystem: RedisSystem {
    let servers: RedisServers
    private let access: Access
    private var journal: Journal?
    private var sentinels: [any Node] = []
    private var lastLeading: RedisServer?
    private var convergence: ExternalReplication

    init(_ form: RedisForm, _ settings: RedisSettings, _ trial: TrialSetting, at access: Access) {
        servers = RedisServers(form, settings, trial)
        self.access = access
        convergence = ExternalReplication(replicas: settings.replicas)
    }

    // MARK: Starting

    func start(in lab: any Lab, patience: any Patience) throws(SystemError) {
        guard let lab = lab as? ExternalLab else { throw SystemError(.lab, "this system is not of a lab's making") }
        journal = lab.journal
        for (index, member) in access.cluster.nodes.enumerated() {
            try servers.add(try ExternalRedis.node(member, in: lab, servers.trial), isReplica: index > 0)
        }
        for member in access.cluster.sentinels {
            sentinels.append(try ExternalRedis.node(member, in: lab, servers.trial))
        }
        for server in servers.all {
            guard case .answered = try server.awaitAnswer(patience) else {
                throw SystemError(.refused, "\(server.node.name) does not serve: \(server.lastAnswer)")
            }
        }
        guard try patience.wait(upTo: SystemLimits.syncSeconds, until: { isConverged() }) else {
            throw SystemError(
                .deadline, "the cluster is not whole within \(Int(SystemLimits.syncSeconds)) s: \(convergence.missing)")
        }
        let primary = try leadingServer()
        try note(keys.map { .key($0) })
        try servers.groups.make(on: primary)
        try servers.observeFsyncs(of: primary)
    }

    /// Everything that a trial may make there.
    private var keys: [String] {
        let groups = servers.trial.groups
        let dead = groups.flatMap { RedisGroups.deadStreams(of: $0, run: servers.trial.run) }
        let owners = groups.map { "\(streams[0]).\($0.name)-owners" }
        return streams + dead + owners + [servers.all.first?.probeKey].compactMap { $0 }
    }

    private func note(_ things: [Journal.Thing]) throws(SystemError) {
        do { try journal?.begin(things) } catch { throw SystemError(.lab, error.message) }
    }

    func launch(_ node: any Node) throws(SystemError) {
        if sentinels.contains(where: { $0 === node }) {
            do { return try node.start(Program(executable: "", arguments: [])) } catch {
                throw SystemError(.lab, error.message)
            }
        }
        try servers.server(of: node).launch()
    }

    func awaitAnswer(of node: any Node, patience: any Patience) throws(SystemError) -> RestartResult {
        if sentinels.contains(where: { $0 === node }) { return .answered }
        return try servers.server(of: node).awaitAnswer(patience)
    }

    func repair(_ node: any Node) throws(SystemError) -> String {
        throw SystemError(.notApplicable, "\(node.name) is its owner's to repair")
    }

    func port(of node: any Node) -> UInt16 { (node as? ExternalNode)?.server.port ?? RedisConfigurationFile.port }

    // MARK: Leaving

    /// Removes what the trial made; what is left stays in the journal.
    func leave() -> [String] {
        guard let journal else { return [] }
        do throws(SystemError) {
            return ExternalRedis.remove(journal, on: try leadingServer())
        } catch {
            return ["streams of run \(servers.trial.run): \(error)"]
        }
    }

    // MARK: Who leads

    func leadingServer() throws(SystemError) -> RedisServer {
        guard !servers.all.isEmpty else { throw servers.notStarted }
        if let leading = ExternalRedis.leading(servers.all) { lastLeading = leading }
        return lastLeading ?? servers.all[0]
    }

    private var others: [RedisServer] { servers.others(than: try? leadingServer()) }

    var leader: (any Node)? { (try? leadingServer())?.node }

    /// By its owner's command, where there is one for it.
    var failover: Failover {
        if servers.form == .sentinel { return .byItself }
        return access.cluster.verbs["promote"] == nil ? .none : .byOperator
    }

    func candidates() -> [Candidate] {
        let standing = others.compactMap { server in
            server.replication().flatMap { $0.isPrimary ? nil : (server: server, offset: $0.offset) }
        }
        return standing.sorted { $0.offset > $1.offset }.map {
            Candidate(node: $0.server.node, standing: "\($0.server.node.name) at offset \($0.offset)")
        }
    }

    func promote(_ node: any Node, patience: any Patience) throws(SystemError) -> String {
        let server = try servers.server(of: node)
        guard let node = node as? ExternalNode else { throw SystemError(.lab, "\(node.name) is not its owner's") }
        let seen: String
        do { seen = try node.perform("promote") } catch { throw SystemError(.lab, error.message) }
        let took = try patience.wait(upTo: SystemLimits.promotionSeconds) {
            server.replication()?.isPrimary == true && server.probeWrite() == .status("OK")
        }
        guard took else {
            throw SystemError(
                .deadline, "\(node.name) was promoted by command (\(seen)), and neither leads nor takes a write")
        }
        lastLeading = server
        return "leads, took a probe write; \(seen)"
    }

    // MARK: Clients and nodes

    func clientOrders() -> ClientOrders {
        var settings = servers.settings.client
        if servers.form == .sentinel {
            settings["primary"] = access.cluster.primaryName
            settings["sentinels"] = access.servers.filter { access.cluster.sentinels.contains($0.member) }.map(\.text)
                .joined(separator: " ")
        }
        var orders = ClientOrders(
            client: "redis", addresses: (try? leadingServer()).map { [$0.address] } ?? [], streams: streams,
            ack: servers.settings.ack, settings: settings)
        orders.access = access.orders
        return orders
    }

    func resolve(_ word: NodeWord) throws(SystemError) -> [any Node] {
        let primary = try leadingServer()
        let all = servers.all.map(\.node) + sentinels
        switch (word.word, word.number) {
        case _ where word.tier != nil: break
        case ("primary", nil), ("primary", 1): return [primary.node]
        case ("replica", nil): return [RedisServers.anyReplica(of: others)].compactMap { $0?.node }
        case ("replica", let number?) where number < servers.all.count: return [servers.all[number].node]
        case ("replicas", nil): return others.map(\.node)
        case ("sentinel", nil) where !sentinels.isEmpty: return [sentinels[0]]
        case ("sentinel", let number?) where number <= sentinels.count: return [sentinels[number - 1]]
        case ("sentinels", nil): return sentinels
        case ("all", nil): return all
        default: if word.number == nil, let named = all.first(where: { $0.name == word.word }) { return [named] }
        }
        throw SystemError(
            .notApplicable,
            "`\(word)` is no node of \(access.cluster.path): it has `primary`, `replica`, `replicas`, `all` and "
                + all.map { "`\($0.name)`" }.joined(separator: ", "))
    }

    func answers(_ node: any Node) -> Bool {
        if sentinels.contains(where: { $0 === node }) { return true }
        return (try? servers.server(of: node))?.answers() ?? false
    }

    func isConverged() -> Bool { convergence.holds(servers.all) }

    func isOutOfSync(_ node: any Node) -> Bool {
        guard let server = try? servers.server(of: node) else { return true }
        return server.replication().map { !$0.isPrimary && !$0.isLinkUp } ?? true
    }

    func command(_ node: any Node, _ words: [String]) throws(SystemError) -> String {
        throw SystemError(.notApplicable, "\(node.name) is somebody else's: no commands are sent to it")
    }
}
