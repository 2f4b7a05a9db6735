import Access
import History
import Labs
import Platform
import Workers
import Workload

/// Somebody else's Redis, for one trial: one server, a primary with replicas, or those with sentinels. Who leads is what
/// most sentinels say or, where there are none, the servers themselves.
final class ExternalRedisSystem: ForeignRedis {
    let servers: RedisServers
    private let access: Access
    private(set) var journal: Journal?
    private var sentinels: [SentinelServer] = []
    private var quorum: SentinelQuorum?
    private var lastLeading: RedisServer?
    /// By command, with something to be undone.
    private var promoted: [ExternalNode] = []
    private var convergence = ExternalReplication()
    private var missing = "nothing was asked"

    init(_ form: RedisForm, _ settings: RedisSettings, _ trial: TrialSetting, at access: Access) {
        servers = RedisServers(form, settings, trial)
        self.access = access
    }

    // MARK: Starting

    func start(in lab: any Lab, patience: any Patience) throws(SystemError) {
        guard let lab = lab as? ExternalLab else { throw SystemError(.lab, "this system is not of a lab's making") }
        journal = lab.journal
        for (index, member) in access.cluster.nodes.enumerated() {
            try servers.add(try ExternalRedis.node(member, in: lab, servers.trial), isReplica: index > 0)
        }
        sentinels = try ExternalSentinels.nodes(in: lab, servers.trial, at: access).map {
            SentinelServer($0, primary: access.cluster.primaryName)
        }
        try awaitFirstAnswers(patience)
        if !sentinels.isEmpty {
            quorum = SentinelQuorum(sentinels, first: ExternalRedis.leading(servers.all)?.place)
        }
        guard try patience.wait(upTo: SystemLimits.syncSeconds, until: { isConverged() }) else {
            throw SystemError(
                .deadline, "the cluster is not whole within \(Int(SystemLimits.syncSeconds)) s: \(missing)")
        }
        try noteStreams()
        let primary = try leadingServer()
        try servers.groups.make(on: primary)
        try servers.observeFsyncs(of: primary)
    }

    func launch(_ node: any Node) throws(SystemError) {
        if let sentinel = sentinel(of: node) { return try sentinel.launch() }
        try servers.server(of: node).launch()
    }

    func awaitAnswer(of node: any Node, patience: any Patience) throws(SystemError) -> RestartResult {
        if let sentinel = sentinel(of: node) { return try sentinel.awaitAnswer(patience) }
        return try servers.server(of: node).awaitAnswer(patience)
    }

    // MARK: Leaving

    /// Removes what the trial made; what is left stays in the journal.
    func leave() -> [String] {
        guard let journal else { return [] }
        let left = ExternalRedis.remove(journal, on: servers.all, of: servers.form)
        return left
            + promoted.compactMap { node in
                do throws(LabError) { try node.undo("promote") } catch { return "promote of \(node.name): \(error)" }
                return nil
            }
    }

    // MARK: Who leads

    func leadingServer() throws(SystemError) -> RedisServer {
        guard !servers.all.isEmpty else { throw servers.notStarted }
        if let quorum {
            let place = quorum.primary
            lastLeading = servers.all.first { $0.place == place } ?? lastLeading
        } else if let leading = ExternalRedis.leading(servers.all) {
            lastLeading = leading
        }
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
        // Others may be promoted after it: what it was before comes back in the end, if its owner wants that.
        if !promoted.contains(where: { $0 === node }) { promoted.append(node) }
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
        return orders(addresses: (try? leadingServer()).map { [$0.address] } ?? [], settings: settings)
    }

    func resolve(_ word: NodeWord) throws(SystemError) -> [any Node] {
        let primary = try leadingServer()
        let watching = sentinels.map(\.node)
        let all = servers.all.map(\.node) + watching
        switch (word.word, word.number) {
        case _ where word.tier != nil: break
        case ("primary", nil), ("primary", 1): return [primary.node]
        case ("replica", nil): return [RedisServers.anyReplica(of: others)].compactMap { $0?.node }
        case ("replica", let number?) where number < servers.all.count: return [servers.all[number].node]
        case ("replicas", nil): return others.map(\.node)
        case ("sentinel", nil) where !sentinels.isEmpty: return [watching[0]]
        case ("sentinel", let number?) where number <= sentinels.count: return [watching[number - 1]]
        case ("sentinels", nil): return watching
        case ("all", nil): return all
        default: if word.number == nil, let named = all.first(where: { $0.name == word.word }) { return [named] }
        }
        throw SystemError(
            .notApplicable,
            "`\(word)` is no node of \(access.cluster.path): it has `primary`, `replica`, `replicas`, `all` and "
                + all.map { "`\($0.name)`" }.joined(separator: ", "))
    }

    func answers(_ node: any Node) -> Bool {
        if let sentinel = sentinel(of: node) { return sentinel.answers() }
        return (try? servers.server(of: node))?.answers() ?? false
    }

    private func sentinel(of node: any Node) -> SentinelServer? { sentinels.first { $0.node === node } }

    /// All servers in sync, and all sentinels of one mind about that.
    func isConverged() -> Bool {
        let primary = try? leadingServer()
        guard convergence.holds(primary, servers.all) else {
            missing = convergence.missing
            return false
        }
        let problem = primary.flatMap { quorum?.problem(primary: $0, replicas: servers.others(than: $0)) }
        missing = problem ?? "nothing"
        return problem == nil
    }

    func isOutOfSync(_ node: any Node) -> Bool {
        if let sentinel = sentinel(of: node) { return !sentinel.answers() }
        guard let server = try? servers.server(of: node) else { return true }
        return server.replication().map { !$0.isPrimary && !$0.isLinkUp } ?? true
    }
}
