import History
import Labs
import Workers

/// One server in a lab, for one trial.
final class RedisStandaloneSystem: System {
    private let settings: RedisSettings
    private let trial: TrialSetting
    private var server: RedisServer?
    private var observer: RedisObserver?

    let streams: [String]

    init(_ settings: RedisSettings, _ trial: TrialSetting) {
        (self.settings, self.trial) = (settings, trial)
        let prefix = "holdfast:\(trial.run):events"
        streams =
            switch settings.streams {
            case .one: [prefix]
            case .number(let count): (0..<count).map { "\(prefix):\($0)" }
            case .agent: (0..<trial.agents).map { "\(prefix):\($0)" }
            }
    }

    // MARK: Starting

    func start(in lab: any Lab, patience: any Patience) throws(SystemError) {
        let binary = try RedisBinary.find(settings.server)
        let request = NodeRequest(
            name: "redis-1", filesystem: trial.ownFilesystems ? settings.filesystem : nil,
            megabytes: Self.megabytes(trial.expectedBytes), logDirectory: trial.logDirectory)
        let node: any Node
        do { node = try lab.makeNode(request) } catch { throw SystemError(.lab, "no node can be made: \(error)") }
        let server = RedisServer(node, binary: binary, settings: settings, run: trial.run)
        self.server = server
        try server.launch()
        if case .refused(let log) = try server.awaitAnswer(patience) {
            throw SystemError(
                .refused,
                "\(binary.version.name) \(binary.version.version) refused to start with \(server.configurationPath); "
                    + "it said:\n\(log)")
        }
        try server.verifyConfiguration()
        if try isEverySecond(server) { observer = RedisObserver(server) }
        do { try node.syncData() } catch { throw SystemError(.lab, "\(node.name): \(error)") }
    }

    /// Room for the log, a rewrite or a snapshot of it beside it, and as much again for load that goes on during a long
    /// fault. The file behind it is sparse: what is not written costs nothing.
    static func megabytes(_ expectedBytes: Int) -> Int {
        let (bytes, over) = expectedBytes.multipliedReportingOverflow(by: 4)
        return 256 + (over ? Int.max : bytes) / (1 << 20)
    }

    /// Whether acknowledged events wait for a background fsync.
    private func isEverySecond(_ server: RedisServer) throws(SystemError) -> Bool {
        let replies = try server.pipeline([["CONFIG", "GET", "appendonly"], ["CONFIG", "GET", "appendfsync"]])
        return replies == [Self.setting("appendonly", "yes"), Self.setting("appendfsync", "everysec")]
    }

    private static func setting(_ name: String, _ value: String) -> RedisValue {
        .array([.bytes(Array(name.utf8)), .bytes(Array(value.utf8))])
    }

    // MARK: Clients and faults

    func clientOrders() -> ClientOrders {
        ClientOrders(
            client: "redis", addresses: server.map { [$0.address] } ?? [], streams: streams, ack: settings.ack,
            settings: ["clients": settings.clients.rawValue])
    }

    func resolve(_ word: NodeWord) throws(SystemError) -> [any Node] {
        let server = try started()
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

    func answers(_ node: any Node) -> Bool { (try? server(of: node))?.answers() ?? false }

    func isConverged() -> Bool { server?.answers() ?? false }

    func restart(_ node: any Node, patience: any Patience) throws(SystemError) -> RestartResult {
        let server = try server(of: node)
        try server.launch()
        return try server.awaitAnswer(patience)
    }

    func repair(_ node: any Node) throws(SystemError) -> String {
        let server = try server(of: node)
        return try RedisRepair(binary: server.binary, dataDirectory: node.dataDirectory).run()
    }

    func command(_ node: any Node, _ words: [String]) throws(SystemError) -> String {
        let server = try server(of: node)
        guard let first = words.first else {
            throw SystemError(.setting, "a command needs at least its name, such as [PING]")
        }
        let reply: RedisValue
        do throws(SystemError) { reply = try server.call(words) } catch {
            // Whoever tells a server to end gets no answer.
            if error.code == .unreachable, first.uppercased() == "SHUTDOWN" { return "(the connection closed)" }
            throw error
        }
        if case .error(let text) = reply {
            throw SystemError(.refused, "\(node.name) answered \(words.joined(separator: " ")): \(text)")
        }
        return reply.text
    }

    // MARK: Looking

    func observe() { observer?.observe() }

    var circumstances: [(name: String, detail: String)] { observer?.circumstances ?? [] }

    func replay(passes: Int, into writer: inout ShardWriter, patience: any Patience) throws(SystemError) {
        let connection = try started().connect()
        var replay = RedisReplay(streams: streams, run: trial.run)
        for pass in 0..<passes {
            try replay.read(pass: pass + 1, over: connection, into: &writer, patience: patience)
        }
    }

    private func started() throws(SystemError) -> RedisServer {
        guard let server else { throw SystemError(.unreachable, "redis-standalone has not been started") }
        return server
    }

    private func server(of node: any Node) throws(SystemError) -> RedisServer {
        let server = try started()
        guard server.node === node else {
            throw SystemError(.notApplicable, "\(node.name) is no node of redis-standalone")
        }
        return server
    }
}
