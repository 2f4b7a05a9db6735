import Foundation
import Glibc
public import Platform
public import Workload

/// What a worker process is started with.
public protocol WorkerOrders: Codable, Sendable {
    /// What kind of worker it makes of a process: the word before the orders on its command line.
    static var role: String { get }
    /// Names the process, its shard, its status lines and its messages.
    var worker: String { get }
    /// The client under audit that does the work in its stead.
    var guest: GuestSettings? { get }
    /// What a worker cannot work with; nil if all is well.
    var problem: String? { get }
    /// Variables of this process's environment that it needs, too.
    var variables: [String] { get }
}

extension WorkerOrders {
    public var variables: [String] { [] }
    public var guest: GuestSettings? { nil }

    /// Reads and checks the orders that a file holds.
    public init(at path: String) throws(WorkerError) {
        do {
            self = try JSONDecoder().decode(Self.self, from: Data(contentsOf: URL(filePath: path)))
        } catch {
            throw WorkerError("\(path): not the orders of a worker that is to \(Self.role): \(error)")
        }
        if let problem { throw WorkerError("\(path): \(problem)") }
    }
}

/// What a worker process says of itself, one JSON object a line.
public protocol WorkerStatus: Decodable, Sendable {
    /// As it is before it has said anything.
    init()
    /// Nil until the last line: true if all went well.
    var done: Bool? { get }
    var error: String? { get }
}

public typealias ProducerProcess = WorkerProcess<ProducerOrders, ProducerStatus>
public typealias ConsumerProcess = WorkerProcess<ConsumerOrders, ConsumerStatus>
public typealias BridgeProcess = WorkerProcess<BridgeOrders, BridgeStatus>

/// A worker as the trial that started it sees it. Used by one thread, which must live as long as the worker.
public final class WorkerProcess<Orders: WorkerOrders, Status: WorkerStatus> {
    public let orders: Orders
    /// What it said last; how it began, before it has said anything.
    public private(set) var status = Status()
    private let child: Child
    private var reader: LineReader?

    /// Writes the orders to a file and starts a process of this same executable with them.
    ///
    /// - Parameters:
    ///   - ordersPath: where the orders are to lie.
    ///   - log: its messages for people are appended there.
    ///   - executable: what answers to `worker ROLE ORDERS.json`.
    public init(
        _ orders: Orders, ordersPath: String, log: String, executable: String = "/proc/self/exe"
    ) throws(WorkerError) {
        self.orders = orders
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
            try Files.write(Array(encoder.encode(orders)) + [0x0A], to: ordersPath)
            child = try Child(
                executable: executable, arguments: ["worker", Orders.role, ordersPath],
                environment: Self.environment(orders.variables + (orders.guest == nil ? [] : GuestSettings.variables)),
                input: .pipe, output: .pipe, errors: .file(log))
        } catch {
            throw WorkerError("the worker \(orders.worker) could not be started: \(error)")
        }
        if let output = child.output { reader = LineReader(descriptor: output) }
    }

    /// Where this process finds its libraries, its workers do, too: a newer client library put in the place of the
    /// distribution's.
    private static func environment(_ variables: [String]) -> [String: String] {
        var environment: [String: String] = [:]
        for name in ["LD_LIBRARY_PATH"] + variables {
            if let value = getenv(name) { environment[name] = String(cString: value) }
        }
        return environment
    }

    public var pid: Int32 { child.pid }

    /// Takes what it has said since the last call, without waiting, and returns its status.
    @discardableResult
    public func poll() -> Status {
        let decoder = JSONDecoder()
        for line in reader?.lines() ?? [] {
            if let status = try? decoder.decode(Status.self, from: Data(line.utf8)) { self.status = status }
        }
        return status
    }

    /// How it ended; nil while it runs.
    public var exit: ExitStatus? { child.status }

    /// It played its orders to their end, and its history is whole.
    public var finishedWell: Bool {
        guard child.status == .exited(0) else { return false }
        return poll().done == true
    }

    /// A command, without the end of its line. Nothing happens if it has ended.
    func send(line text: String) {
        guard child.status == nil, let input = child.input else { return }
        let line = Array("\(text)\n".utf8)
        // Shorter than PIPE_BUF. It may end this very moment: that is no error here, and its status says so.
        _ = line.withUnsafeBytes { Glibc.write(input, $0.baseAddress, $0.count) }
    }

    /// SIGKILL, SIGSTOP, SIGCONT; false if it has ended already. A guest's scribe is told what to do to it, and does the
    /// same to itself once all is written down that the guest had said.
    @discardableResult
    public func send(signal: Int32) -> Bool {
        guard orders.guest != nil, signal != SIGCONT else { return child.send(signal) }
        guard child.status == nil else { return false }
        // Who stands still stops no second time: told twice, it would find the second word when it goes on.
        if signal == SIGSTOP, child.isStopped { return true }
        send(line: GuestSignal.line(signal))
        return true
    }

    public var isStopped: Bool { child.isStopped }

    /// Waits until it has ended; nil if it is still there when the time is up.
    public func wait(upTo limit: Duration) -> ExitStatus? { child.wait(upTo: limit) }

    /// Ends it whatever it does; for when its trial is over.
    @discardableResult
    public func end() -> ExitStatus? {
        child.closeInput()
        return child.end()
    }
}

extension WorkerProcess where Orders == ProducerOrders {
    /// Nothing happens if it has ended.
    public func send(_ command: ProducerCommand) { send(line: command.line) }
}

extension WorkerProcess where Orders == ConsumerOrders {
    /// Nothing happens if it has ended.
    public func send(_ command: ConsumerCommand) { send(line: command.line) }
}

extension WorkerProcess where Orders == BridgeOrders {
    /// Nothing happens if it has ended.
    public func send(_ command: BridgeCommand) { send(line: command.line) }
}
