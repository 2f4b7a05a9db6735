import Labs
import Platform

/// One server on one node: its configuration, its process, and the connection by which Holdfast asks it things.
///
/// Used by the thread that runs the trial.
final class RedisServer {
    let node: any Node
    let binary: RedisBinary
    let configuration: RedisConfigurationFile
    /// Nothing of the events: a key that is only ever there for the moment of the probe.
    private let probeKey: String
    private var control: RedisConnection?
    private var logBegin = 0

    init(_ node: any Node, binary: RedisBinary, settings: RedisSettings, run: String) {
        (self.node, self.binary) = (node, binary)
        configuration = RedisConfigurationFile(
            settings, binary: binary, address: node.address, dataDirectory: node.dataDirectory)
        probeKey = "holdfast:\(run):probe"
    }

    var address: String { "\(node.address):\(RedisConfigurationFile.port)" }
    var configurationPath: String { "\(node.logDirectory)/\(node.name).conf" }
    var logPath: String { "\(node.logDirectory)/\(node.name).log" }

    private var isRunning: Bool {
        if case .running = node.state { return true }
        return false
    }

    private var isGone: Bool {
        if case .gone = node.state { return true }
        return false
    }

    // MARK: Starting

    /// Writes the configuration file and starts the process; it need not answer yet.
    func launch() throws(SystemError) {
        control = nil
        do { try Files.write(configuration.text, to: configurationPath) } catch {
            throw SystemError(.lab, "\(node.name): \(error)")
        }
        logBegin = TextFile.size(logPath) ?? 0
        let program = Program(
            executable: binary.version.path, arguments: [configurationPath], outputFile: logPath)
        do { try node.start(program) } catch {
            throw SystemError(.lab, "\(node.name): \(binary.version.path) does not start: \(error)")
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
        let wanted = configuration.wanted
        let replies = try pipeline(wanted.map { ["CONFIG", "GET", $0.name] })
        for (line, reply) in zip(wanted, replies) {
            let asked = line.values.map { $0.isEmpty ? "\"\"" : $0 }.joined(separator: "; ")
            guard case .array(let pair) = reply, pair.count == 2 else {
                throw SystemError(
                    .setting,
                    "\(node.name): `\(line.name)` was set to \(asked), but \(binary.version.name) "
                        + "\(binary.version.version) does not show it (\(reply.text)): leave it out, for nothing "
                        + "proves that it is in force")
            }
            if !RedisText.agrees(line.name, wanted: line.values, found: pair[1].text) {
                throw SystemError(
                    .setting,
                    "\(node.name): `\(line.name)` was set to \(asked), and the server runs with "
                        + "\(pair[1].text.isEmpty ? "\"\"" : pair[1].text): see \(configurationPath) and its log")
            }
        }
    }

    // MARK: Asking

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
            let replies = try connection().pipeline(
                [["PING"], ["INFO", "persistence"], ["DEL", probeKey]], within: SystemLimits.probeSeconds)
            let loading = replies[1].info("loading") ?? replies[1].text[...]
            lastAnswer = "PING: \(replies[0].text), loading: \(loading), a write: \(replies[2].text)"
            return replies[0] == .status("PONG") && loading == "0" && !replies[2].isError
                && replies[1].info("async_loading") ?? "0" == "0"
        } catch {
            lastAnswer = "\(error)"
            control = nil
            return false
        }
    }

    /// Writes a key of its own and removes it again. Refused for want of memory is what the configuration asks for.
    private func takesWrites() -> Bool {
        do throws(SystemError) {
            let replies = try connection().pipeline(
                [["SET", probeKey, "1"], ["DEL", probeKey]], within: SystemLimits.probeSeconds)
            lastAnswer = "a write: \(replies[0].text)"
            return replies[0] == .status("OK") || replies[0].text.hasPrefix("OOM ")
        } catch {
            lastAnswer = "\(error)"
            control = nil
            return false
        }
    }

    func call(_ words: [String]) throws(SystemError) -> RedisValue { try pipeline([words])[0] }

    func pipeline(_ commands: [[String]]) throws(SystemError) -> [RedisValue] {
        do throws(SystemError) {
            return try connection().pipeline(commands, within: SystemLimits.commandSeconds)
        } catch {
            control = nil
            throw SystemError(error.code, "\(node.name): \(commands[0].joined(separator: " ")): \(error)")
        }
    }

    /// A connection of one's own, from inside the node.
    func connect() throws(SystemError) -> RedisConnection {
        do {
            return try RedisConnection(descriptor: node.connect(port: RedisConfigurationFile.port))
        } catch {
            throw SystemError(.unreachable, "\(node.name) takes no connection: \(error)")
        }
    }

    private func connection() throws(SystemError) -> RedisConnection {
        if let control, !control.isStale { return control }
        let fresh = try connect()
        control = fresh
        return fresh
    }
}
