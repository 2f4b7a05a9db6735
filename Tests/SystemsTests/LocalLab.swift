import Dispatch
import Foundation
import Glibc
import Labs
import Platform
import Synchronization
import Testing
import Workload

@testable import Systems

/// A lab for tests: processes of this machine on loopback addresses of their own, data in a temporary folder.
final class LocalLab: Lab {
    let kind: any LabKind = NamespacesKind()
    let clientAddress = "127.0.0.1"
    var nodes: [any Node] { local }
    private(set) var local: [LocalNode] = []
    let folder: String

    init() throws {
        folder = "\(NSTemporaryDirectory())holdfast-systems.\(getpid()).\(UUID().uuidString.prefix(8))"
        try Files.makeFolders("\(folder)/logs")
    }

    deinit {
        _ = close()
        try? Files.removeTree(folder)
    }

    var logDirectory: String { "\(folder)/logs" }

    func makeNode(_ request: NodeRequest) throws(LabError) -> any Node {
        let data = "\(folder)/\(request.name)"
        do { try Files.makeFolders(data) } catch { throw LabError(.kernel, "\(error)") }
        let node = LocalNode(
            name: request.name, address: LocalLab.freshAddress(), dataDirectory: data,
            logDirectory: request.logDirectory)
        local.append(node)
        return node
    }

    func close() -> [String] {
        for node in local { try? node.kill() }
        return []
    }

    private static let count = Mutex(0)

    /// Of the many addresses of the loopback interface, one that no other test has.
    private static func freshAddress() -> String {
        let number = count.withLock { count in
            count += 1
            return count
        }
        let pid = Int(getpid())
        return "127.\(128 + (pid >> 8) & 63).\(pid & 255).\(1 + number % 250)"
    }
}

final class LocalNode: Node {
    let name: String
    let address: String
    let dataDirectory: String
    let logDirectory: String
    let canLosePower = false
    private(set) var child: Child?

    init(name: String, address: String, dataDirectory: String, logDirectory: String) {
        (self.name, self.address) = (name, address)
        (self.dataDirectory, self.logDirectory) = (dataDirectory, logDirectory)
    }

    var state: ProcessState {
        guard let child else { return .gone(nil) }
        if let status = child.status { return .gone(status) }
        return child.isStopped ? .stopped(pid: child.pid) : .running(pid: child.pid)
    }

    func start(_ program: Program) throws(LabError) {
        do {
            child = try Child(
                executable: program.executable, arguments: program.arguments, environment: program.environment,
                output: .file(program.outputFile))
        } catch {
            throw LabError(.process, "\(error)")
        }
    }

    private func signal(_ number: Int32, until done: (ProcessState) -> Bool) throws(LabError) {
        child?.send(number)
        let deadline = MonotonicClock.now() + 10_000_000_000
        while !done(state) {
            if MonotonicClock.now() > deadline { throw LabError(.deadline, "\(name) did not take signal \(number)") }
            MonotonicClock.sleep(until: MonotonicClock.now() + 1_000_000)
        }
    }

    private static func isGone(_ state: ProcessState) -> Bool {
        if case .gone = state { return true }
        return false
    }

    func kill() throws(LabError) { try signal(SIGKILL, until: Self.isGone) }
    func terminate() throws(LabError) { try signal(SIGTERM, until: Self.isGone) }

    func pause() throws(LabError) {
        try signal(SIGSTOP) { if case .stopped = $0 { true } else { false } }
    }

    func resume() throws(LabError) {
        try signal(SIGCONT) { if case .running = $0 { true } else { false } }
    }

    func runBeside(_ program: Program, deadline: Duration, input: String?) throws(LabError) -> ToolResult {
        do {
            return try Tool.run(
                program.executable, program.arguments, deadline: deadline, environment: program.environment,
                input: input)
        } catch {
            throw LabError(.toolFailed, "\(error)")
        }
    }

    func runInNetwork(_ tool: String, _ arguments: [String]) throws(LabError) -> ToolResult {
        throw LabError(.notPermitted, "a local node has no network of its own")
    }

    func connect(port: UInt16) throws(LabError) -> Int32 {
        do { return try Sockets.connect(address, port: port) } catch { throw LabError(.kernel, "\(error)") }
    }

    func beginConnect(to address: String, port: UInt16) throws(LabError) -> Int32 {
        do { return try Sockets.beginConnect(address, port: port) } catch { throw LabError(.kernel, "\(error)") }
    }

    func eraseData() throws(LabError) {
        do { try Files.removeContents(of: dataDirectory) } catch { throw LabError(.kernel, "\(error)") }
    }

    func syncData() throws(LabError) {}
    func shutDownFilesystem() throws(LabError) { throw LabError(.notPermitted, "no filesystem of its own") }
    func probeWrite() -> String? { nil }
    func remountFilesystem() throws(LabError) { throw LabError(.notPermitted, "no filesystem of its own") }
    func fillDisk(leaving bytes: Int64) throws(LabError) { throw LabError(.notPermitted, "no filesystem of its own") }
    func freeDisk() throws(LabError) { throw LabError(.notPermitted, "no filesystem of its own") }
}

/// Looks at the condition every few milliseconds.
final class TestPatience: Patience, Sendable {
    func wait(upTo seconds: Double, until condition: () -> Bool) throws(SystemError) -> Bool {
        let deadline = MonotonicClock.now() + Int64(seconds * 1e9)
        while !condition() {
            if MonotonicClock.now() > deadline { return false }
            MonotonicClock.sleep(until: MonotonicClock.now() + 3_000_000)
        }
        return true
    }
}

/// Runs what blocks on a thread of its own, which lives until it is done: the few cooperative threads belong to other
/// tests. It stays the same task, so that what is recorded is recorded of this test.
func onThread(_ body: @escaping @Sendable () throws -> Void) async throws {
    let executor = ThreadExecutor()
    defer { executor.end() }
    try await withTaskExecutorPreference(executor) { try body() }
}

private final class ThreadExecutor: TaskExecutor {
    private struct Queue {
        var jobs: [UnownedJob] = []
        var ended = false
    }

    private let queue = Mutex(Queue())
    private let signal = DispatchSemaphore(value: 0)

    init() {
        let thread = Thread { [self] in run() }
        thread.stackSize = 8 << 20
        thread.start()
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.withLock { $0.jobs.append(job) }
        signal.signal()
    }

    func end() {
        queue.withLock { $0.ended = true }
        signal.signal()
    }

    private func run() {
        while true {
            signal.wait()
            let (job, ended) = queue.withLock { queue in
                (queue.jobs.isEmpty ? nil : queue.jobs.removeFirst(), queue.ended)
            }
            if let job { job.runSynchronously(on: asUnownedTaskExecutor()) } else if ended { return }
        }
    }
}

/// A server of `redis-standalone` under test, in a lab of its own.
struct Bench {
    let lab: LocalLab
    let system: RedisStandaloneSystem
    let settings: RedisSettings
    let patience = TestPatience()
    static let run = "run-of-a-test"

    init(
        _ directives: [(String, String)] = [], server: String? = nil, streams: RedisSettings.Streams = .one,
        agents: Int = 4, lab: LocalLab? = nil, groups: [GroupSettings] = []
    ) throws {
        self.lab = try lab ?? LocalLab()
        var settings = RedisSettings()
        settings.directives = directives.map { RedisSettings.Directive(name: $0.0, value: $0.1) }
        (settings.server, settings.streams) = (server, streams)
        let trial = TrialSetting(
            run: Self.run, agents: agents, logDirectory: self.lab.logDirectory, expectedBytes: 1 << 20,
            ownFilesystems: false, groups: groups)
        self.settings = settings
        system = RedisStandaloneSystem(settings, trial)
    }

    func start() throws { try system.start(in: lab, patience: patience) }

    var node: LocalNode {
        get throws { try #require(lab.local.first) }
    }

    func connect() throws -> RedisConnection {
        try RedisConnection(descriptor: try node.connect(port: RedisConfigurationFile.port))
    }

    /// Appends values to a stream, and returns their IDs.
    func add(_ values: [[UInt8]], to stream: String, field: String = "e") throws -> [String] {
        let connection = try connect()
        let deadline = RedisConnection.deadline(after: 20)
        var ids: [String] = []
        for batch in stride(from: 0, to: values.count, by: 500).map({ values[$0..<min($0 + 500, values.count)] }) {
            let head = ["XADD", stream, "*", field].map { Array($0.utf8) }
            try connection.send(
                batch.flatMap { RedisCommand.encode(head + [$0]) }, expecting: batch.count, by: deadline)
            for value in try connection.values(batch.count, by: deadline) {
                #expect(!value.isError, "\(value)")
                ids.append(value.text)
            }
        }
        return ids
    }

    func length(_ stream: String) throws -> Int {
        Int(try system.command(try node, ["XLEN", stream])) ?? -1
    }

    func restart() throws -> RestartResult { try system.restart(try node, patience: patience) }
}

extension RestartResult {
    var answered: Bool { if case .answered = self { true } else { false } }
    var log: String { if case .refused(let log) = self { log } else { "" } }
}
