import Access
import Labs
import Platform

/// One sentinel on one node: its process, its configuration, and the connection by which Holdfast asks it.
///
/// The configuration file is the sentinel's own from its first start on: it keeps there whom it watches, and what was
/// voted. It lies in the node's data, so that a node that loses its data loses that, too.
///
/// Used by the thread that runs the trial.
final class SentinelServer {
    static let port: UInt16 = 26379
    /// What sentinels call the primary that they watch.
    static let primary = "holdfast"

    let node: any Node
    let binary: RedisBinary
    /// As it is written before the first start.
    var configuration = ""
    let port: UInt16
    /// What it calls the primary that it watches.
    private let primary: String
    private let isForeign: Bool
    /// How it lets anybody in; nil: without a word.
    let admission: RedisAdmission?
    private let control: RedisControl
    private var logBegin = 0

    init(_ node: any Node, binary: RedisBinary, admission: RedisAdmission? = nil) {
        (self.node, self.binary, port, self.admission) = (node, binary, Self.port, admission)
        (primary, isForeign) = (Self.primary, false)
        control = RedisControl(node, port: port)
    }

    /// One of somebody else's, which runs.
    init(_ node: ExternalNode, primary: String) {
        (self.node, port, self.primary, isForeign) = (node, node.server.port, primary, true)
        admission = nil
        binary = RedisBinary(version: ServerVersion(path: node.address, name: "Redis", version: ""))
        control = RedisControl(node, port: port)
    }

    var address: String { (node as? ExternalNode)?.server.text ?? "\(node.address):\(port)" }
    var configurationPath: String { "\(node.dataDirectory)/sentinel.conf" }
    private var logPath: String { "\(node.logDirectory)/\(node.name).log" }

    var isRunning: Bool {
        if case .running = node.state { return true }
        return false
    }

    private var isGone: Bool {
        if case .gone = node.state { return true }
        return false
    }

    /// Starts the process; it need not answer yet.
    func launch() throws(SystemError) {
        control.drop()
        if isForeign {
            do { return try node.start(Program(executable: "", arguments: [])) } catch {
                throw SystemError(.lab, error.message)
            }
        }
        if TextFile.size(configurationPath) == nil {
            do { try Files.write(configuration, to: configurationPath) } catch {
                throw SystemError(.lab, "\(node.name): \(error)")
            }
        }
        logBegin = TextFile.size(logPath) ?? 0
        let program = Program(
            executable: binary.program, arguments: [configurationPath, "--sentinel"], outputFile: logPath)
        do { try node.start(program) } catch {
            throw SystemError(.lab, "\(node.name): \(binary.program) does not start: \(error)")
        }
    }

    func answers() -> Bool { control.ask([["PING"]]) == [.status("PONG")] }

    /// Waits until it answers, or has ended without.
    func awaitAnswer(_ patience: any Patience) throws(SystemError) -> RestartResult {
        let came = try patience.wait(upTo: SystemLimits.startSeconds) { isGone || answers() }
        let said = TextFile.tail(logPath, from: logBegin, limit: SystemLimits.logTailBytes) ?? "(nothing)"
        if isGone { return .refused(log: said) }
        guard came else {
            throw SystemError(
                .deadline,
                "\(node.name) does not answer within \(Int(SystemLimits.startSeconds)) s; its log ends:\n\(said)")
        }
        return .answered
    }

    /// What it knows now; nil if it does not say so at once.
    func view() -> SentinelView? { control.ask(SentinelView.questions(of: primary)).flatMap { SentinelView($0) } }

    func call(_ words: [String]) throws(SystemError) -> RedisValue { try control.pipeline([words])[0] }

    /// Those that it led and should not have; of somebody else's sentinel nobody here reads the log.
    var hastyFailovers: [HastyFailover] {
        TextFile.part(logPath, from: 0, limit: SystemLimits.sentinelLogBytes).map { HastyFailover.found(in: $0) } ?? []
    }

    /// Puts its configuration, as it is in the end, beside its log.
    func collectLog() throws(SystemError) {
        guard let text = TextFile.part(configurationPath, from: 0, limit: SystemLimits.configurationBytes) else {
            return
        }
        let kept = admission?.authority.redacted(text) ?? text
        do { try Files.write(kept, to: "\(node.logDirectory)/\(node.name).conf") } catch {
            throw SystemError(.lab, "\(node.name): \(error)")
        }
    }
}
