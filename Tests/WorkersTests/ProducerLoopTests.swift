import Foundation
import Glibc
import History
import Platform
import Synchronization
import Testing
import Workload

@testable import Workers

/// The order that the history stands on, seen from the place of the broker's client.
@Suite(.timeLimit(.minutes(1)))
struct ProducerLoopTests {
    @Test func intentsAreOnDiskBeforeTheyAreSentAndOutcomesBeforeTheNextTurn() async throws {
        let folder = "\(NSTemporaryDirectory())holdfast-loop.\(getpid())"
        try Files.makeFolders(folder)
        defer { _ = try? FileManager.default.removeItem(atPath: folder) }
        var orders = Example.orders
        orders.workload = WorkloadSettings(agents: 6, rate: 3_000, payload: 10...20, producers: 1, inFlight: 2)
        orders.agents = orders.workload.agents(ofProducer: 0)
        (orders.inFlight, orders.retries, orders.backOff) = (2, .untilAcked, 1_000_000)
        orders.epoch = MonotonicClock.now()
        orders.until = 300_000_000
        orders.historyPath = "\(folder)/loop.shard"
        orders.schedulePath = "\(folder)/loop.schedule.json"
        let seen = try await play(orders)
        #expect(seen.code == 0)
        #expect(seen.sends > 20 && seen.turnsWithAnswers > 20)
        #expect(seen.faults == [])
    }

    private func play(_ orders: ProducerOrders) async throws -> Seen {
        await withCheckedContinuation { continuation in
            Thread {
                let publisher = WatchingPublisher(path: orders.historyPath)
                var (input, output): ([Int32], [Int32]) = ([0, 0], [0, 0])
                guard pipe(&input) == 0, pipe(&output) == 0 else { return continuation.resume(returning: Seen()) }
                publisher.seen.code = ProducerWorker.run(
                    orders, publisher: publisher, input: input[0], output: output[1])
                for end in input + output { close(end) }
                continuation.resume(returning: publisher.seen)
            }.start()
        }
    }
}

struct Seen: Sendable {
    var code: Int32 = -1
    var sends = 0
    var turnsWithAnswers = 0
    var faults: [String] = []
}

/// Answers everything in the turn after it was sent, and looks into the shard at each step.
private final class WatchingPublisher: Publisher {
    var seen = Seen()
    private let path: String
    private var prepared: [Attempt] = []
    private var sent: [Attempt] = []
    private var answered: Set<String> = []
    private var turn = 0

    init(path: String) { self.path = path }

    let form = Position.Form.entry
    let isConnected = true
    var nextDeadline: Int64 { sent.isEmpty ? .max : 0 }
    func reason(_ number: UInt16) -> String { "reason \(number)" }
    func open(_ poller: borrowing Poller, now: Int64) {}

    func prepare(_ attempt: Attempt, now: Int64) -> UInt32 {
        prepared.append(attempt)
        return UInt32(truncatingIfNeeded: attempt.event.seq)
    }

    func send(_ poller: borrowing Poller, now: Int64, into completions: inout [Completion]) {
        if prepared.isEmpty { return }
        seen.sends += 1
        let onDisk = records(.attempt)
        for attempt in prepared where !onDisk.contains(key(attempt)) {
            seen.faults.append("sent before it was on disk: \(attempt.event)")
        }
        sent += prepared
        prepared = []
    }

    func ready(_ event: PollEvent, _ poller: borrowing Poller, now: Int64, into completions: inout [Completion]) {}

    func expire(_ poller: borrowing Poller, now: Int64, into completions: inout [Completion]) {
        turn += 1
        let missing = answered.subtracting(records(.outcome))
        if !missing.isEmpty { seen.faults.append("a turn began without the outcomes of \(missing)") }
        seen.turnsWithAnswers += 1
        for (index, attempt) in sent.enumerated() {
            let outcome: Outcome = (turn + index) % 5 == 0 ? .unknown : .acked
            answered.insert(key(attempt))
            completions.append(
                Completion(
                    slot: attempt.slot, outcome: outcome, position: outcome == .acked ? Position(1, 1) : nil,
                    reason: outcome == .acked ? 0 : UInt16(turn % 3 + 1)))
        }
        sent = []
    }

    func use(addresses: [String], _ poller: borrowing Poller, now: Int64, into completions: inout [Completion]) {}
    func close(_ poller: borrowing Poller, now: Int64, into completions: inout [Completion]) {}

    private func key(_ attempt: Attempt) -> String { "\(attempt.event.agent).\(attempt.event.seq).\(attempt.number)" }

    /// What stands in the file at this moment, whatever the writer still has in hand.
    private func records(_ type: RecordType) -> Set<String> {
        guard let data = FileManager.default.contents(atPath: path) else { return [] }
        let header = data.withUnsafeBytes { Int($0.loadUnaligned(fromByteOffset: 12, as: UInt32.self)) }
        return data.withUnsafeBytes { bytes in
            var keys: Set<String> = []
            for offset in stride(from: header, through: bytes.count - Record.size, by: Record.size) {
                let record = bytes.loadUnaligned(fromByteOffset: offset, as: Record.self)
                if record.type == type { keys.insert("\(record.agent).\(record.seq).\(record.attemptNumber)") }
            }
            return keys
        }
    }
}
