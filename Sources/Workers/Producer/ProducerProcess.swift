import Foundation
import Glibc
public import Platform

/// A producer as the trial that started it sees it. Used by one thread, which must live as long as the producer.
public final class ProducerProcess {
    public let orders: ProducerOrders
    /// What it said last; how it began, before it has said anything.
    public private(set) var status = ProducerStatus()
    private let child: Child
    private var reader: LineReader?

    /// Writes the orders to a file and starts a process of this same executable with them.
    ///
    /// - Parameters:
    ///   - ordersPath: where the orders are to lie.
    ///   - log: its messages for people are appended there.
    ///   - executable: what answers to `worker ORDERS.json`.
    public init(
        _ orders: ProducerOrders, ordersPath: String, log: String, executable: String = "/proc/self/exe"
    ) throws(ProducerError) {
        self.orders = orders
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
            try Files.write(Array(encoder.encode(orders)) + [0x0A], to: ordersPath)
            child = try Child(
                executable: executable, arguments: ["worker", ordersPath], environment: Self.environment,
                input: .pipe, output: .pipe, errors: .file(log))
        } catch {
            throw ProducerError("the producer \(orders.worker) could not be started: \(error)")
        }
        if let output = child.output { reader = LineReader(descriptor: output) }
    }

    /// Where this process finds its libraries, its producers do, too: a newer client library put in the place of the
    /// distribution's.
    private static var environment: [String: String] {
        getenv("LD_LIBRARY_PATH").map { ["LD_LIBRARY_PATH": String(cString: $0)] } ?? [:]
    }

    public var pid: Int32 { child.pid }

    /// Takes what it has said since the last call, without waiting, and returns its status.
    @discardableResult
    public func poll() -> ProducerStatus {
        let decoder = JSONDecoder()
        for line in reader?.lines() ?? [] {
            if let status = try? decoder.decode(ProducerStatus.self, from: Data(line.utf8)) { self.status = status }
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

    /// Nothing happens if it has ended.
    public func send(_ command: ProducerCommand) {
        guard child.status == nil, let input = child.input else { return }
        let line = Array("\(command.line)\n".utf8)
        // Shorter than PIPE_BUF. It may end this very moment: that is no error here, and its status says so.
        _ = line.withUnsafeBytes { Glibc.write(input, $0.baseAddress, $0.count) }
    }

    /// SIGKILL, SIGSTOP, SIGCONT; false if it has ended already.
    @discardableResult
    public func send(signal: Int32) -> Bool { child.send(signal) }

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
