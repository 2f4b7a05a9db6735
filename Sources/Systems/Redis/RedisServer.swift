import Access
import Labs
import Platform

/// One server on one node: its configuration, its process, and the connection by which Holdfast asks it things.
///
/// Used by the thread that runs the trial.
final class RedisServer {
    let node: any Node
    let binary: RedisBinary
    let configuration: RedisConfigurationFile
    private let admission: RedisAdmission?
    /// Whom it follows from its next start on, nil: nobody.
    var followed: RedisServer?
    /// What its process finds in its environment.
    var environment: [String: String] = [:]
    /// Refusals of a write that say nothing against the server: those of its role, and those that its settings ask for.
    private let rightRefusals: [String]
    /// Nothing of the events: a key that is only ever there for the moment of the probe.
    var probeKey: String
    private let control: RedisControl
    private var logBegin = 0
    /// Whether its configuration file is written anew at each start. Where others tell it whom to follow, it writes that
    /// down there itself, and a start takes it as it is.
    var ownsItsConfiguration = false
    let port: UInt16
    /// It is somebody else's: it has no configuration file here, and nothing is made there but streams.
    private let isForeign: Bool
    /// Settings that it need not show.
    private var unproven: Set<String> = []

    /// - Parameters:
    ///   - isReplica: whether it is to be one at the start.
    ///   - admission: how it lets anybody in; nil: without a word.
    init(
        _ node: any Node, binary: RedisBinary, settings: RedisSettings, run: String, isReplica: Bool = false,
        admission: RedisAdmission? = nil
    ) {
        (self.node, self.binary, self.admission) = (node, binary, admission)
        configuration = RedisConfigurationFile(
            settings, binary: binary, address: node.address, dataDirectory: node.dataDirectory, isReplica: isReplica,
            admission: admission)
        control = RedisControl(node, port: RedisConfigurationFile.port)
        rightRefusals = Self.rightRefusals(settings)
        probeKey = "holdfast:\(run):probe"
        (port, isForeign) = (RedisConfigurationFile.port, false)
    }

    /// One of somebody else's cluster: it runs, and what the suite says of its settings is a claim.
    init(_ node: ExternalNode, version: ServerVersion, settings: RedisSettings, run: String, isReplica: Bool) {
        (self.node, admission) = (node, nil)
        (port, isForeign) = (node.server.port, true)
        binary = RedisBinary(version: version)
        configuration = RedisConfigurationFile(claims: settings, isReplica: isReplica)
        control = RedisControl(node, port: port)
        rightRefusals = Self.rightRefusals(settings)
        probeKey = "holdfast:\(run):probe"
        unproven = node.unproven
    }

    private static func rightRefusals(_ settings: RedisSettings) -> [String] {
        (settings.replicas > 0 ? ["READONLY ", "NOREPLICAS ", "MASTERDOWN "] : [])
            + (settings.shards > 0 ? ["MOVED ", "ASK ", "CLUSTERDOWN "] : [])
    }

    var address: String { (node as? ExternalNode)?.server.text ?? "\(node.address):\(port)" }
    /// As others name it.
    var place: ServerAddress? { ServerAddress(address) }
    var configurationPath: String { admission?.path(of: node) ?? keptConfigurationPath }
    /// What is kept of it when the trial is over.
    private var keptConfigurationPath: String { "\(node.logDirectory)/\(node.name).conf" }
    var logPath: String { "\(node.logDirectory)/\(node.name).log" }

    var isRunning: Bool {
        if case .running = node.state { return true }
        return false
    }

    private var isGone: Bool {
        if case .gone = node.state { return true }
        return false
    }

    /// What MIGRATE is told so that another server lets it in.
    var peerLogin: [String] {
        admission.map { ["AUTH2", $0.authority.admin.name, $0.authority.admin.password] } ?? []
    }

    // MARK: Starting

    /// Writes the configuration file and starts the process; it need not answer yet.
    func launch() throws(SystemError) {
        control.drop()
        if isForeign {
            do { return try node.start(Program(executable: "", arguments: [])) } catch {
                throw SystemError(.lab, error.message)
            }
        }
        if !ownsItsConfiguration || TextFile.size(configurationPath) == nil { try writeConfiguration() }
        logBegin = TextFile.size(logPath) ?? 0
        let program = Program(
            executable: binary.program, arguments: [configurationPath], environment: environment, outputFile: logPath)
        do { try node.start(program) } catch {
            throw SystemError(.lab, "\(node.name): \(binary.program) does not start: \(error)")
        }
    }

    private func writeConfiguration() throws(SystemError) {
        let line = followed.map { "replicaof \($0.node.address) \(RedisConfigurationFile.port)\n" } ?? ""
        let text = configuration.text + line
        do {
            try Files.write(text, to: configurationPath)
            if let admission { try Files.write(admission.authority.redacted(text), to: keptConfigurationPath) }
        } catch {
            throw SystemError(.lab, "\(node.name): \(error)")
        }
    }

    /// Waits until the server serves, or has ended without.
    func awaitAnswer(_ patience: any Patience) throws(SystemError) -> RestartResult {
        let came = try patience.wait(upTo: SystemLimits.startSeconds) { isGone || (answers() && takesWrites()) }
        if isGone { return .refused(log: logTail()) }
        guard came else {
            throw SystemError(
                .deadline,
                "\(node.name) does not serve within \(Int(SystemLimits.startSeconds)) s: \(lastAnswer); its log ends:\n"
                    + logTail())
        }
        return .answered
    }

    /// The last lines that the server wrote since it was started.
    func logTail() -> String {
        let text = TextFile.tail(logPath, from: logBegin, limit: SystemLimits.logTailBytes) ?? ""
        let lines = text.split(separator: "\n").filter { $0.contains { !$0.isWhitespace } }
        return lines.isEmpty ? "(nothing)" : lines.suffix(12).joined(separator: "\n")
    }

    /// Compares every line of the configuration with what the server says it runs with.
    func verifyConfiguration() throws(SystemError) {
        let wanted = configuration.wanted.filter { !unproven.contains($0.name) }
        if wanted.isEmpty { return }
        let replies = try pipeline(wanted.map { ["CONFIG", "GET", $0.name] })
        for (line, reply) in zip(wanted, replies) {
            let asked = line.values.map { $0.isEmpty ? "\"\"" : $0 }.joined(separator: "; ")
            guard case .array(let pair) = reply, pair.count == 2 else {
                if isForeign { throw unshown(line.name, asked, reply) }
                throw SystemError(
                    .setting,
                    "\(node.name): `\(line.name)` was set to \(asked), but \(binary.version.name) "
                        + "\(binary.version.version) does not show it (\(reply.text)): leave it out, for nothing "
                        + "proves that it is in force")
            }
            if !RedisText.agrees(line.name, wanted: line.values, found: pair[1].text) {
                if isForeign {
                    throw SystemError(
                        .setting,
                        "\(node.name): `\(line.name)`: the suite says \(asked), the server says "
                            + "\(pair[1].text.isEmpty ? "\"\"" : pair[1].text); nothing is configured there: change either"
                    )
                }
                throw SystemError(
                    .setting,
                    "\(node.name): `\(line.name)` was set to \(asked), and the server runs with "
                        + "\(pair[1].text.isEmpty ? "\"\"" : pair[1].text): see \(configurationPath) and its log")
            }
        }
    }

    private func unshown(_ name: String, _ asked: String, _ reply: RedisValue) -> SystemError {
        SystemError(
            .setting,
            "\(node.name): `\(name)`: the suite says \(asked), and the server does not show it (\(reply.text)): allow "
                + "CONFIG GET, leave the setting out, or name it under `unproven` in the cluster's file")
    }

    // MARK: Asking

    /// A write that leaves nothing, once the second is done.
    private var probe: [[String]] {
        [isForeign ? ["XADD", probeKey, "*", "probe", "1"] : ["SET", probeKey, "1"], ["DEL", probeKey]]
    }

    /// What the last look at the server gave, for messages.
    private(set) var lastAnswer = "nothing was asked"

    /// Whether it answers, with its data loaded, and would take a write. The write is one that changes nothing: a key
    /// that is not there is removed, which a server refuses (LOADING, READONLY, NOREPLICAS, MISCONF) as it would an
    /// event, but neither logs nor counts.
    func answers() -> Bool {
        guard isRunning else {
            lastAnswer = "its process does not run"
            return false
        }
        do throws(SystemError) {
            let replies = try control.tryPipeline(
                [["PING"], ["INFO", "persistence"], ["DEL", probeKey]])
            let loading = replies[1].info("loading") ?? replies[1].text[...]
            lastAnswer = "PING: \(replies[0].text), loading: \(loading), a write: \(replies[2].text)"
            return isPong(replies[0]) && loading == "0" && isRight(replies[2])
                && replies[1].info("async_loading") ?? "0" == "0"
        } catch {
            lastAnswer = "\(error)"
            return false
        }
    }

    /// Writes a key of its own and removes it again. Refused for want of memory is what the configuration asks for.
    private func takesWrites() -> Bool {
        do throws(SystemError) {
            let replies = try control.tryPipeline(probe)
            lastAnswer = "a write: \(replies[0].text)"
            return isRight(replies[0]) || replies[0].text.hasPrefix("OOM ")
        } catch {
            lastAnswer = "\(error)"
            return false
        }
    }

    /// A replica whose primary is gone may have been told to answer nothing else (`replica-serve-stale-data no`).
    private func isPong(_ reply: RedisValue) -> Bool {
        reply == .status("PONG") || (!rightRefusals.isEmpty && reply.text.hasPrefix("MASTERDOWN "))
    }

    private func isRight(_ reply: RedisValue) -> Bool {
        !reply.isError || rightRefusals.contains { reply.text.hasPrefix($0) }
    }

    /// The answer to a write of a key of its own, which is removed again; nil if there is none.
    func probeWrite() -> RedisValue? {
        guard let reply = ask(probe)?[0] else { return nil }
        return isForeign && !reply.isError ? .status("OK") : reply
    }

    /// How it takes part in replication; nil if it does not say so at once.
    func replication() -> RedisReplication? {
        ask([["INFO", "replication"], ["INFO", "persistence"]]).flatMap { RedisReplication($0[0], loading: $0[1]) }
    }

    /// Replies, if they come at once.
    func ask(_ commands: [[String]]) -> [RedisValue]? { control.ask(commands) }

    func call(_ words: [String]) throws(SystemError) -> RedisValue { try control.pipeline([words])[0] }

    func pipeline(_ commands: [[String]]) throws(SystemError) -> [RedisValue] { try control.pipeline(commands) }

    /// A connection of one's own, from inside the node.
    func connect() throws(SystemError) -> RedisConnection { try control.connect() }
}
