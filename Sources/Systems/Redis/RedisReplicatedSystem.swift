import History
import Labs
import Platform
import Workers

/// A primary with replicas in a lab, for one trial. Nobody promotes but Holdfast, in an operator's place.
final class RedisReplicatedSystem: RedisSystem {
    let servers: RedisServers
    /// Which of the servers leads, as far as the operator is concerned: the one that clients are told.
    private var leading = 0
    private var convergence = RedisConvergence()

    init(_ settings: RedisSettings, _ trial: TrialSetting) {
        servers = RedisServers(.replicated, settings, trial)
    }

    private var primary: RedisServer? { servers.all.isEmpty ? nil : servers.all[leading] }

    private var others: [RedisServer] { servers.others(than: primary) }

    func leadingServer() throws(SystemError) -> RedisServer {
        guard let primary else { throw servers.notStarted }
        return primary
    }

    // MARK: Starting

    /// A replica that has not got its first copy would, once promoted, lose everything: ready is only what is in sync.
    func start(in lab: any Lab, patience: any Patience) throws(SystemError) {
        let binary = try RedisBinary.find(servers.settings.server, in: lab.kind)
        let primary = try servers.startReplicas(in: lab, binary: binary, patience, missing: convergence.missing) {
            isConverged()
        }
        try servers.makeReady(primary, servers.all.map(\.node))
    }

    func launch(_ node: any Node) throws(SystemError) {
        let server = try servers.server(of: node)
        // An operator does not let an old primary come back as one.
        server.followed = server === primary ? nil : primary
        convergence = RedisConvergence()
        try server.launch()
    }

    // MARK: Clients and nodes

    func clientOrders() -> ClientOrders {
        ClientOrders(
            client: "redis", addresses: primary.map { [$0.address] } ?? [], streams: streams, ack: servers.settings.ack,
            settings: servers.settings.client)
    }

    var failover: Failover { .byOperator }

    var leader: (any Node)? { primary?.node }

    func resolve(_ word: NodeWord) throws(SystemError) -> [any Node] {
        let primary = try leadingServer()
        if let tier = word.tier {
            throw SystemError(.notApplicable, "`\(word)`: redis-replicated has no tier `\(tier)`")
        }
        switch (word.word, word.number) {
        case ("primary", nil), ("primary", 1): return [primary.node]
        case ("replica", nil): return [RedisServers.anyReplica(of: others)].compactMap { $0?.node }
        case ("replica", let number?) where number < servers.all.count: return [servers.all[number].node]
        case ("replica", _), ("primary", _):
            throw SystemError(
                .notApplicable, "`\(word)`: there are one primary and \(servers.settings.replicas) replicas")
        case ("replicas", nil): return others.map(\.node)
        case ("all", nil): return servers.all.map(\.node)
        default:
            if word.number == nil, let named = servers.all.first(where: { $0.node.name == word.word }) {
                return [named.node]
            }
            let names = servers.all.map { "`\($0.node.name)`" }.joined(separator: ", ")
            throw SystemError(
                .notApplicable,
                "`\(word)` is no node of redis-replicated: it has `primary`, `replica`, `replicas`, `all` and \(names)")
        }
    }

    // MARK: In sync

    func isConverged() -> Bool {
        guard let primary else { return false }
        return convergence.holds(primary: primary, replicas: others)
    }

    func isOutOfSync(_ node: any Node) -> Bool {
        guard let primary, let server = try? servers.server(of: node) else { return true }
        return RedisServers.isOutOfSync(server, of: primary)
    }

    // MARK: An operator's work

    /// Those that the operator can reach and that hold a copy of the log.
    func candidates() -> [Candidate] {
        let standing = others.compactMap { server -> (server: RedisServer, state: RedisReplication)? in
            guard let state = server.replication(), !state.isPrimary, !state.isLoading else { return nil }
            return (server, state)
        }
        let whole = standing.filter { !$0.state.isSyncing }
        let reachable = Reach.of(whole.isEmpty ? standing : whole, port: RedisConfigurationFile.port) { $0.server.node }
        return reachable.sorted { $0.state.offset > $1.state.offset }.map {
            Candidate(node: $0.server.node, standing: "\($0.server.node.name) at offset \($0.state.offset)")
        }
    }

    func promote(_ node: any Node, patience: any Patience) throws(SystemError) -> String {
        let (old, new) = (try leadingServer(), try servers.server(of: node))
        let before = new.replication()
        try order(new, ["REPLICAOF", "NO", "ONE"])
        guard let state = new.replication(), state.isPrimary else {
            throw SystemError(.refused, "\(node.name) was told to lead, and does not say that it is a primary")
        }
        // The old primary, and whoever is out of reach now, are strays from here on.
        let told = reaching(new, servers.all.filter { $0 !== new && $0 !== old })
        for server in told { try follow(server, new) }
        let probe = try probe(new, patience)
        if let index = servers.all.firstIndex(where: { $0 === new }) { leading = index }
        for server in servers.all { server.followed = server === new ? nil : new }
        convergence = RedisConvergence()
        let names = told.map(\.node.name).joined(separator: ", ")
        return "leads from offset \(before?.offset ?? state.offset), \(probe); "
            + (told.isEmpty ? "nobody follows it yet" : "\(names) told to follow")
    }

    /// Those of the servers that an operator who sits with the primary can see.
    private func reaching(_ primary: RedisServer, _ servers: [RedisServer]) -> [RedisServer] {
        let running = servers.filter(\.isRunning)
        let port = RedisConfigurationFile.port
        let answers = Reach.answers(running.map { (from: primary.node, address: $0.node.address, port: port) })
        return zip(running, answers).filter { $0.1 }.map { $0.0 }
    }

    private func follow(_ server: RedisServer, _ primary: RedisServer) throws(SystemError) {
        try order(server, ["REPLICAOF", primary.node.address, "\(RedisConfigurationFile.port)"])
    }

    private func order(_ server: RedisServer, _ words: [String]) throws(SystemError) {
        let reply = try server.call(words)
        if reply.isError {
            throw SystemError(
                .refused, "\(server.node.name) answered \(words.joined(separator: " ")): \(reply.text)")
        }
    }

    /// Waits until the new primary takes a write. One that must wait for replicas (`min-replicas-to-write`) that cannot
    /// be there yet takes the probe with that bound lifted for a moment; clients have not been told of it by then.
    private func probe(_ new: RedisServer, _ patience: any Patience) throws(SystemError) -> String {
        var last = RedisValue.nothing
        let took = try patience.wait(upTo: SystemLimits.promotionSeconds) {
            last = new.probeWrite() ?? .nothing
            return last == .status("OK") || (isRefusedForReplicas(last) && !hasReplicasToCome(new))
        }
        if last == .status("OK") { return "took a probe write" }
        guard isRefusedForReplicas(last) else {
            throw SystemError(
                took ? .refused : .deadline,
                "\(new.node.name) leads, and takes no write within \(Int(SystemLimits.promotionSeconds)) s: "
                    + (last == .nothing ? "no answer" : last.text))
        }
        let name = "min-replicas-to-write"
        guard case .array(let pair) = try new.call(["CONFIG", "GET", name]), pair.count == 2 else {
            throw SystemError(.refused, "\(new.node.name) does not say its \(name)")
        }
        try order(new, ["CONFIG", "SET", name, "0"])
        let answer = new.probeWrite() ?? .nothing
        try order(new, ["CONFIG", "SET", name, pair[1].text])
        guard answer == .status("OK") else {
            throw SystemError(.refused, "\(new.node.name) leads, and answers a write: \(answer.text)")
        }
        return "took a probe write with \(name) lifted for it (it refuses all others until it has \(pair[1].text))"
    }

    private func isRefusedForReplicas(_ reply: RedisValue) -> Bool { reply.text.hasPrefix("NOREPLICAS") }

    /// Whether anyone follows it, or is about to.
    private func hasReplicasToCome(_ new: RedisServer) -> Bool {
        servers.all.contains { $0 !== new && $0.replication()?.followed == new.node.address }
    }

    func strays() -> [any Node] {
        guard let primary, let leading = primary.replication(), leading.isPrimary else { return [] }
        let astray = others.filter { server in
            guard let state = server.replication() else { return false }
            return state.isPrimary || state.followed != primary.node.address
        }
        return reaching(primary, astray).map(\.node)
    }

    func rejoin(_ node: any Node) throws(SystemError) -> String {
        let (primary, server) = (try leadingServer(), try servers.server(of: node))
        guard server !== primary else { throw SystemError(.refused, "\(node.name) leads, and follows nobody") }
        let before = server.replication()
        try follow(server, primary)
        guard let state = server.replication(), !state.isPrimary, state.followed == primary.node.address else {
            throw SystemError(.refused, "\(node.name) was told to follow \(primary.node.name), and does not say so")
        }
        convergence = RedisConvergence()
        let was = before?.isPrimary == true ? "was a primary at offset \(before?.offset ?? 0)" : "followed another"
        return "follows \(primary.node.name); it \(was)"
    }
}
