public import Access
import Foundation
import Glibc
public import Platform

/// A server of somebody else's. It runs where it runs: it is started and ended by its owner's commands or not at all, and
/// nobody sees its process, its disk or its network.
public final class ExternalNode: Node {
    public let server: Access.Server
    public let logDirectory: String
    public let dataDirectory = ""
    public let canLosePower = false
    private let access: Access
    private let journal: Journal
    /// What took it down, and was not undone.
    private var down: String?
    /// What took it down and was undone, while nobody has seen it answer again.
    private var returning: String?
    private var isPaused = false
    /// What the last command proved.
    public private(set) var seen: String?

    public init(_ server: Access.Server, of access: Access, logDirectory: String, journal: Journal) {
        (self.server, self.access, self.logDirectory, self.journal) = (server, access, logDirectory, journal)
    }

    public var name: String { server.member.name }
    public var address: String { server.address }

    /// Nobody but its owner knows a process's number.
    public var state: ProcessState {
        if down != nil { return .gone(nil) }
        return isPaused ? .stopped(pid: 0) : .running(pid: 0)
    }

    /// Settings that its owner does not want shown.
    public var unproven: Set<String> { access.cluster.unproven }

    // MARK: By command

    /// What takes a node down until it is started again.
    private static let downing: Set<String> = ["kill", "terminate", "power-loss"]
    private static let askEvery: UInt32 = 100_000

    public func commands(for verb: String) -> VerbCommands? { access.cluster.verbs[verb] }

    /// Does a verb and returns once its proof succeeds, with what was seen.
    ///
    /// - Parameter from: the other side of a cut, in the fault's words.
    @discardableResult
    public func perform(_ verb: String, from: String = "") throws(LabError) -> String {
        let commands = try given(verb)
        // A proof that holds before anything was done would hold whatever is done.
        if try run(commands.proof, from, commands.within).succeeded {
            throw LabError(
                .toolFailed,
                "\(name): the proof of \(verb) succeeds before anything was done, so it proves nothing: "
                    + CommandLog.quoted(commands.proof))
        }
        try journal.begin([.fault(verb: verb, node: name, from: from)])
        // Whatever becomes of it, it may have struck.
        if Self.downing.contains(verb) { down = verb }
        if verb == "pause" { isPaused = true }
        try require(commands.run, verb, from, commands.within)
        try wait(commands.within, "\(name): the proof of \(verb) does not succeed within \(commands.within)") {
            () throws(LabError) in try run(commands.proof, from, commands.within).succeeded
        }
        let text = "its owner's proof succeeds: \(CommandLog.quoted(filled(commands.proof, from)))"
        seen = text
        return text
    }

    /// Undoes a verb. Whether a server is back is for its system to see; of anything else the proof must fail again.
    @discardableResult
    public func undo(_ verb: String, from: String = "") throws(LabError) -> String {
        let commands = try given(verb)
        if !commands.heal.isEmpty { try require(commands.heal, "the undoing of \(verb)", from, commands.within) }
        if !Self.downing.contains(verb), !commands.heal.isEmpty {
            try wait(
                commands.within, "\(name): the proof of \(verb) still succeeds \(commands.within) after its undoing"
            ) {
                () throws(LabError) in try !run(commands.proof, from, commands.within).succeeded
            }
        }
        if verb == "pause" { isPaused = false }
        if Self.downing.contains(verb) {
            (down, returning) = (nil, verb)
        } else {
            journal.end(.fault(verb: verb, node: name, from: from))
        }
        let text =
            commands.heal.isEmpty ? "it undoes itself" : "undone: \(CommandLog.quoted(filled(commands.heal, from)))"
        seen = text
        return text
    }

    private func given(_ verb: String) throws(LabError) -> VerbCommands {
        if let commands = commands(for: verb) { return commands }
        throw LabError(
            .unsafe,
            "\(name) is not Holdfast's: \(verb) needs commands of its owner's, under verbs.\(verb) in "
                + access.cluster.path)
    }

    private func filled(_ words: [String], _ from: String) -> [String] {
        VerbCommands.filled(words, for: server.member, address: address, from: from)
    }

    /// They find the environment that Holdfast was started in, but for secrets.
    private func run(_ words: [String], _ from: String, _ limit: Duration) throws(LabError) -> ToolResult {
        let words = filled(words, from)
        var environment = ProcessInfo.processInfo.environment
        for variable in access.cluster.variables { environment[variable] = nil }
        var program = words[0]
        // A character: Foundation's own search for a text would bring all of ICU into the program.
        if !program.contains("/" as Character) {
            let folders = (environment["PATH"] ?? Tool.path).split(separator: ":")
            program = folders.lazy.map { "\($0)/\(program)" }.first { isProgram($0) } ?? program
        }
        do {
            // What they start is their owner's, such as the server itself.
            return try Tool.run(
                program, Array(words.dropFirst()), deadline: limit, environment: environment, leavesOthers: true)
        } catch {
            throw LabError(
                error.code == .notFound ? .toolMissing : .toolFailed, "\(name): \(access.redacted("\(error)"))")
        }
    }

    private func isProgram(_ path: String) -> Bool { Glibc.access(path, X_OK) == 0 }

    private func require(_ words: [String], _ what: String, _ from: String, _ limit: Duration) throws(LabError) {
        let result = try run(words, from, limit)
        guard result.succeeded else {
            let said = access.redacted(String((result.errors + result.output).suffix(500)))
            throw LabError(
                .toolFailed, "\(name): \(what): \(CommandLog.quoted(filled(words, from))): \(result.status): \(said)")
        }
    }

    private func wait(_ limit: Duration, _ late: String, until isSo: () throws(LabError) -> Bool) throws(LabError) {
        let end = MonotonicClock.now() + limit.nanoseconds
        while try !isSo() {
            guard MonotonicClock.now() < end else { throw LabError(.deadline, late) }
            usleep(Self.askEvery)
        }
    }

    public func kill() throws(LabError) { try perform("kill") }
    public func terminate() throws(LabError) { try perform("terminate") }
    public func pause() throws(LabError) { try perform("pause") }
    public func resume() throws(LabError) { try undo("pause") }

    /// Undoes what took it down, once more where that was no use.
    public func start(_ program: Program) throws(LabError) {
        guard let down = down ?? returning else {
            throw LabError(.process, "\(name) has not been taken down, and is not started again")
        }
        try undo(down)
    }

    /// Its server was seen to be back: nothing is left to be undone.
    public func answers() {
        if let returning { journal.end(.fault(verb: returning, node: name, from: "")) }
        returning = nil
    }

    // MARK: Its network

    public func connect(port: UInt16) throws(LabError) -> Int32 {
        do { return try Sockets.connect(address, port: server.port) } catch { throw LabError(.process, "\(error)") }
    }

    // MARK: What is its owner's alone

    private func notOurs(_ what: String) -> LabError {
        LabError(.unsafe, "\(name) is not Holdfast's: \(what) is not to be had there")
    }

    public func runBeside(_ program: Program, deadline: Duration, input: String?) throws(LabError) -> ToolResult {
        throw notOurs("a tool beside its server")
    }
    public func runInNetwork(_ tool: String, _ arguments: [String]) throws(LabError) -> ToolResult {
        throw notOurs("its network")
    }
    public func beginConnect(to address: String, port: UInt16) throws(LabError) -> Int32 {
        throw notOurs("a connection from there")
    }
    public func eraseData() throws(LabError) { throw notOurs("its data") }
    public func syncData() {}
    public func shutDownFilesystem() throws(LabError) { throw notOurs("its disk") }
    public func probeWrite() -> String? { "not to be had" }
    public func remountFilesystem() throws(LabError) { throw notOurs("its disk") }
    public func fillDisk(leaving bytes: Int64) throws(LabError) { throw notOurs("its disk") }
    public func freeDisk() {}
}
