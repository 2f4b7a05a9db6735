import History
import Labs
import Platform
import Workers

/// A primary with replicas and sentinels in a lab, for one trial. Who leads is the sentinels' affair: Holdfast promotes
/// nobody, and tells no client.
final class RedisSentinelSystem: RedisSystem {
    let servers: RedisServers
    private var sentinels: [SentinelServer] = []
    private var quorum: SentinelQuorum?
    private var convergence = RedisConvergence()

    init(_ settings: RedisSettings, _ trial: TrialSetting) {
        servers = RedisServers(.sentinel, settings, trial)
    }

    /// Who leads by the word of most sentinels.
    private var primary: RedisServer? {
        guard let quorum else { return servers.all.first }
        return quorum.primary.flatMap { server(at: $0) }
    }

    private func server(at place: ServerAddress) -> RedisServer? { servers.all.first { $0.place == place } }

    private var replicas: [RedisServer] { servers.others(than: primary) }

    func leadingServer() throws(SystemError) -> RedisServer {
        guard let primary else { throw servers.notStarted }
        return primary
    }

    // MARK: Starting

    func start(in lab: any Lab, patience: any Patience) throws(SystemError) {
        let binary = try RedisBinary.find(servers.settings.server, in: lab.kind)
        // From here on it is the sentinels who say whom a server follows, and the server who writes that down.
        let primary = try servers.startReplicas(
            in: lab, binary: binary, ownConfigurations: true, patience, missing: convergence.missing
        ) { isReplicated() }
        try startSentinels(in: lab, binary, patience)
        try servers.makeReady(primary, allNodes)
    }

    /// They begin when the replicas are in sync, and so know all of them from their first question on.
    private func startSentinels(in lab: any Lab, _ binary: RedisBinary, _ patience: any Patience) throws(SystemError) {
        let settings = servers.settings.sentinel
        for number in 1...settings.sentinels {
            let node = try servers.makeNode("sentinel-\(number)", in: lab, megabytes: RedisServers.megabytes(0))
            let admission = try servers.authority.map { authority throws(SystemError) in
                try RedisAdmission(authority, node)
            }
            sentinels.append(SentinelServer(node, binary: binary, admission: admission))
        }
        try servers.admit(sentinels: sentinels)
        let first = servers.all[0].node.address
        let configuration = SentinelConfiguration(settings: settings, run: servers.trial.run, primary: first)
        let addresses = sentinels.map(\.node.address)
        for (number, sentinel) in sentinels.enumerated() {
            sentinel.configuration = configuration.text(
                number: number, addresses: addresses, dataDirectory: sentinel.node.dataDirectory,
                admission: sentinel.admission)
            try sentinel.launch()
        }
        for sentinel in sentinels {
            guard case .refused(let log) = try sentinel.awaitAnswer(patience) else { continue }
            throw SystemError(.refused, "\(sentinel.node.name) refused to start; it said:\n\(log)")
        }
        quorum = SentinelQuorum(sentinels, first: servers.all[0].place)
        var missing = "nothing was asked"
        let came = try patience.wait(upTo: SystemLimits.syncSeconds) {
            missing = disagreement() ?? ""
            return missing.isEmpty
        }
        guard came else {
            throw SystemError(
                .deadline,
                "the sentinels are not of one mind \(Int(SystemLimits.syncSeconds)) s after their start: \(missing); see "
                    + "their logs in \(servers.trial.logDirectory)")
        }
    }

    /// What sentinels say against it that all is well; nil: nothing.
    private func disagreement() -> String? {
        guard let quorum, let primary else { return "the sentinels have not been started" }
        return quorum.problem(primary: primary, replicas: replicas)
    }

    func launch(_ node: any Node) throws(SystemError) {
        convergence = RedisConvergence()
        if let sentinel = sentinel(of: node) { return try sentinel.launch() }
        try servers.server(of: node).launch()
    }

    func awaitAnswer(of node: any Node, patience: any Patience) throws(SystemError) -> RestartResult {
        if let sentinel = sentinel(of: node) { return try sentinel.awaitAnswer(patience) }
        return try servers.server(of: node).awaitAnswer(patience)
    }

    func repair(_ node: any Node) throws(SystemError) -> String {
        if sentinel(of: node) != nil {
            throw SystemError(
                .notApplicable, "a sentinel keeps nothing but its configuration: it comes back with a new one")
        }
        return try servers.repair(node)
    }

    var circumstances: [(name: String, detail: String)] {
        servers.circumstances
            + sentinels.flatMap { sentinel in
                sentinel.hastyFailovers.map { failover in
                    (
                        name: "hasty-failover",
                        detail: "\(sentinel.node.name) made \(name(failover.successor)) lead in place of "
                            + "\(name(failover.replaced)), which had answered it before"
                    )
                }
            }
    }

    private func name(_ place: ServerAddress) -> String { server(at: place)?.node.name ?? "\(place)" }

    func collectLogs() {
        for sentinel in sentinels { try? sentinel.collectLog() }
    }

    // MARK: Clients and nodes

    func clientOrders() -> ClientOrders {
        var settings = servers.settings.client
        settings["sentinels"] = sentinels.map(\.address).joined(separator: " ")
        settings["primary"] = SentinelServer.primary
        return ClientOrders(
            client: "redis", addresses: primary.map { [$0.address] } ?? [], streams: streams, ack: servers.settings.ack,
            settings: settings)
    }

    func port(of node: any Node) -> UInt16 {
        sentinel(of: node)?.port ?? RedisConfigurationFile.port
    }

    var failover: Failover { .byItself }

    var leader: (any Node)? { primary?.node }

    private func sentinel(of node: any Node) -> SentinelServer? { sentinels.first { $0.node === node } }

    func resolve(_ word: NodeWord) throws(SystemError) -> [any Node] {
        let primary = try leadingServer()
        if let tier = word.tier {
            throw SystemError(.notApplicable, "`\(word)`: redis-sentinel has no tier `\(tier)`")
        }
        switch (word.word, word.number) {
        case ("primary", nil), ("primary", 1): return [primary.node]
        case ("replica", nil): return [RedisServers.anyReplica(of: replicas)].compactMap { $0?.node }
        case ("replica", let number?) where number < servers.all.count: return [servers.all[number].node]
        case ("replicas", nil): return replicas.map(\.node)
        case ("sentinel", nil): return [sentinels.first(where: \.isRunning) ?? sentinels[0]].map(\.node)
        case ("sentinel", let number?) where number <= sentinels.count: return [sentinels[number - 1].node]
        case ("sentinels", nil): return sentinels.map(\.node)
        case ("all", nil): return allNodes
        default:
            if word.number == nil, let named = allNodes.first(where: { $0.name == word.word }) { return [named] }
            let names = allNodes.map { "`\($0.name)`" }.joined(separator: ", ")
            throw SystemError(
                .notApplicable,
                "`\(word)` is no node of redis-sentinel: it has `primary`, `replica`, `replicas`, `sentinel`, "
                    + "`sentinels`, `all` and \(names)")
        }
    }

    private var allNodes: [any Node] { servers.all.map(\.node) + sentinels.map(\.node) }

    func command(_ node: any Node, _ words: [String]) throws(SystemError) -> String {
        guard let sentinel = sentinel(of: node) else { return try servers.command(node, words) }
        let reply = try sentinel.call(words)
        if case .error(let text) = reply {
            throw SystemError(.refused, "\(node.name) answered \(words.joined(separator: " ")): \(text)")
        }
        return reply.text
    }

    // MARK: In sync

    /// Of the one that leads this wants more: that it takes a write. Where it wants replicas that nobody can be yet, its
    /// refusing for want of them will do.
    func answers(_ node: any Node) -> Bool {
        if let sentinel = sentinel(of: node) { return sentinel.answers() }
        guard let server = try? servers.server(of: node), server.answers() else { return false }
        guard server === primary else { return true }
        guard server.replication()?.isPrimary == true, let reply = server.probeWrite() else { return false }
        return reply == .status("OK") || (reply.text.hasPrefix("NOREPLICAS ") && !hasReplicasToCome(server))
    }

    /// Whether anyone who runs is to follow it.
    private func hasReplicasToCome(_ server: RedisServer) -> Bool {
        servers.all.filter { $0 !== server && $0.isRunning }.count >= servers.settings.leastReplicas
    }

    private func isReplicated() -> Bool {
        guard let primary else { return false }
        return convergence.holds(primary: primary, replicas: replicas)
    }

    /// All servers in sync, and all sentinels of one mind about that.
    func isConverged() -> Bool { isReplicated() && disagreement() == nil }

    func isOutOfSync(_ node: any Node) -> Bool {
        if let sentinel = sentinel(of: node) { return !sentinel.answers() }
        guard let primary, let server = try? servers.server(of: node) else { return true }
        return RedisServers.isOutOfSync(server, of: primary)
    }
}
