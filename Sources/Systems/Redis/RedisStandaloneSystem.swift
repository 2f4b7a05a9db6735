import History
import Labs
import Workers

/// One server in a lab, for one trial.
final class RedisStandaloneSystem: RedisSystem {
    let servers: RedisServers
    private var server: RedisServer? { servers.all.first }

    init(_ settings: RedisSettings, _ trial: TrialSetting) {
        servers = RedisServers(.standalone, settings, trial)
    }

    func start(in lab: any Lab, patience: any Patience) throws(SystemError) {
        let server = try servers.add(in: lab, binary: try RedisBinary.find(servers.settings.server, in: lab.kind))
        try servers.admit()
        try server.launch()
        try servers.awaitFirstAnswer(of: server, patience)
        try server.verifyConfiguration()
        try servers.groups.make(on: server)
        try servers.observeFsyncs(of: server)
        do { try server.node.syncData() } catch { throw SystemError(.lab, "\(server.node.name): \(error)") }
    }

    func clientOrders() -> ClientOrders {
        ClientOrders(
            client: "redis", addresses: server.map { [$0.address] } ?? [], streams: streams, ack: servers.settings.ack,
            settings: servers.settings.client)
    }

    func resolve(_ word: NodeWord) throws(SystemError) -> [any Node] {
        let server = try leadingServer()
        if let tier = word.tier {
            throw SystemError(.notApplicable, "`\(word)`: redis-standalone has no tier `\(tier)`")
        }
        switch word.word {
        case "primary", "random", "all", server.node.name:
            guard word.number ?? 1 == 1 else {
                throw SystemError(.notApplicable, "`\(word)`: redis-standalone has one node")
            }
            return [server.node]
        default:
            throw SystemError(
                .notApplicable,
                "`\(word)` is no node of redis-standalone: it has `primary`, also called `\(server.node.name)`")
        }
    }

    var leader: (any Node)? { server?.node }

    func isConverged() -> Bool { server?.answers() ?? false }

    func launch(_ node: any Node) throws(SystemError) { try servers.server(of: node).launch() }

    func leadingServer() throws(SystemError) -> RedisServer {
        guard let server else { throw servers.notStarted }
        return server
    }
}
