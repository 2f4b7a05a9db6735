import Foundation
import Glibc
import History
import Labs
import Platform
import Synchronization
import Testing
import Workers
import Workload

@testable import Systems

/// The whole producer: orders in, events in a real server's stream, a history on disk.
@Suite(.serialized, .timeLimit(.minutes(2)), withRedis)
struct ProducerTests {
    private let second: Int64 = 1_000_000_000

    @Test func whatTheHistoryCallsAckedIsInTheStream() async throws {
        try await onThread {
            let bench = try Bench()
            try bench.start()
            let play = try Play(bench, rate: 2_000, retries: .none)
            play.command(.until(play.now + second))
            let status = try play.finish()
            let records = try play.records()
            #expect(records.attempts.count > 1_500 && records.gaps == 0)
            #expect(records.attempts.count == Int(status.attempts) && status.acked == status.attempts)
            #expect(records.outcomes.count == records.attempts.count)
            let entries = try Rig.entries(bench, Play.stream)
            #expect(entries.count == records.attempts.count)
            for (key, outcome) in records.outcomes {
                let (attempt, event) = (records.attempts[key], entries[outcome.position])
                #expect(outcome.outcome == .acked && event?.crc == attempt?.crc && event?.seq == key.seq)
                #expect(event?.intended == attempt?.intended && event?.agent == key.agent)
                #expect((attempt?.t ?? 0) <= outcome.t && (attempt?.intended ?? 0) <= (attempt?.t ?? 0))
            }
            let schedule = try play.schedule()
            #expect(schedule.events == UInt64(status.attempted) && schedule.behind == 0)
        }
    }

    @Test func everyEventIsAckedInOrderThroughARestart() async throws {
        try await onThread {
            let bench = try Bench([("appendonly", "yes"), ("appendfsync", "always")])
            try bench.start()
            let play = try Play(bench, rate: 1_000, retries: .untilAcked)
            try play.wait { $0.acked > 200 }
            try bench.node.kill()
            try play.wait { $0.failed > 20 && !$0.connected }
            #expect(try bench.restart().answered)
            let before = play.status.acked
            try play.wait { $0.acked > before + 400 }
            play.command(.stop)
            _ = try play.finish()
            let records = try play.records()
            let entries = try Rig.entries(bench, Play.stream)
            let stored = Set(entries.values.map { Play.Event(agent: $0.agent, seq: $0.seq) })
            var last: [Int64: Int64] = [:]
            var retried = 0
            for (event, tries) in records.byEvent {
                if tries.contains(where: { $0.outcome == .acked }) {
                    #expect(stored.contains(event), "an acked event is not there: \(event)")
                } else if tries.allSatisfy({ $0.outcome == .failed }) {
                    #expect(!stored.contains(event), "a failed event is there: \(event)")
                }
                retried += tries.count > 1 ? 1 : 0
            }
            // One in flight for each agent and the same event until it is acked: positions rise with seq.
            for (position, event) in entries.sorted(by: { $0.key < $1.key }) {
                #expect(event.seq >= last[event.agent] ?? 0, "\(position) goes back")
                last[event.agent] = event.seq
            }
            #expect(retried > 0)
        }
    }

    @Test func aStoppedServerIsLatencyAndNotALateGenerator() async throws {
        try await onThread {
            let bench = try Bench()
            try bench.start()
            let play = try Play(bench, rate: 2_000, retries: .untilAcked, timeout: 1_500_000_000)
            try play.wait { $0.acked > 200 }
            try bench.node.pause()
            try play.wait { $0.unknown > 0 && $0.lateness > 1_200_000_000 }
            #expect(play.status.waiting > 1_000)
            try bench.node.resume()
            try play.wait { $0.waiting < 50 }
            play.command(.stop)
            _ = try play.finish()
            #expect(try play.records().gaps == 0)
            #expect(try play.schedule().behind == 0)
        }
    }

    @Test func aProducerThatWasHeldUpSaysSo() async throws {
        try await onThread {
            let bench = try Bench()
            try bench.start()
            // Its load began three seconds before it was started: what was due then leaves late, and nobody else's
            // fault it is.
            let play = try Play(bench, rate: 500, retries: .none, startedAgo: 3 * second)
            try play.wait { $0.acked > 500 }
            play.command(.stop)
            _ = try play.finish()
            let records = try play.records()
            #expect(records.gaps > 0 && records.gapReasons.allSatisfy { $0.hasPrefix("behind schedule") })
            #expect(try play.schedule().behind > 0)
        }
    }

    @Test func theEndOfTheInputIsAStop() async throws {
        try await onThread {
            let bench = try Bench()
            try bench.start()
            let play = try Play(bench, rate: 500, retries: .none)
            try play.wait { $0.acked > 20 }
            play.closeInput()
            #expect(try play.finish().done == true)
        }
    }

    @Test func aHistoryThatCannotBeWrittenEndsTheProducer() async throws {
        try await onThread {
            let bench = try Bench()
            try bench.start()
            let play = try Play(bench, rate: 500, retries: .none, history: "/dev/full/x.shard")
            #expect(play.exitCode() == 4)
        }
    }
}

/// A producer on a thread of its own, with pipes where its process would have its input and output.
final class Play: Sendable {
    struct Event: Hashable { var agent, seq: Int64 }
    struct Key: Hashable { var agent, seq, number: Int64 }

    struct Records {
        var attempts: [Key: Record] = [:]
        var outcomes: [Key: Record] = [:]
        var gaps = 0
        var gapReasons: [String] = []

        var byEvent: [Event: [Record]] {
            Dictionary(grouping: outcomes, by: { Event(agent: $0.key.agent, seq: $0.key.seq) })
                .mapValues { $0.map(\.value) }
        }
    }

    static let stream = "holdfast:play"
    static let control =
        #"{"type":"history","version":1,"run":"play","system":"redis-standalone","configuration":"c","fault":null,"#
        + #""seed":5,"retries":"none","retention":null}"# + "\n" + #"{"type":"end","t":1}"# + "\n"

    private let folder: String
    private let orders: ProducerOrders
    private let commands: Int32
    private let answers: Int32
    private let code = Mutex<Int32?>(nil)
    private let latest = Mutex((ProducerStatus(), [UInt8]()))
    private let inputClosed = Mutex(false)

    init(
        _ bench: Bench, rate: Double, retries: Retries, timeout: Int64 = 2_000_000_000, startedAgo: Int64 = 0,
        history: String? = nil
    ) throws {
        folder = "\(bench.lab.folder)/play"
        try Files.makeFolders("\(folder)/history")
        let workload = WorkloadSettings(agents: 8, rate: rate, payload: 20...200, producers: 1)
        let start = MonotonicClock.now() - startedAgo
        orders = ProducerOrders(
            worker: "producer-1", run: "play", seed: 5, agents: workload.agents(ofProducer: 0), workload: workload,
            client: ClientOrders(
                client: "redis", addresses: ["\(try bench.node.address):6379"], streams: [Self.stream], ack: "reply"),
            retries: retries, inFlight: 1, epoch: start, loadStart: 0,
            historyPath: history ?? "\(folder)/history/producer-1.shard",
            schedulePath: "\(folder)/history/producer-1.schedule.json", timeout: timeout)
        var (input, output): ([Int32], [Int32]) = ([0, 0], [0, 0])
        try #require(pipe(&input) == 0 && pipe(&output) == 0)
        (commands, answers) = (input[1], output[0])
        try Sockets.setBlocking(answers, false)
        let (orders, inputEnd, outputEnd) = (orders, input[0], output[1])
        let thread = Thread { [self] in
            guard let publisher = try? RedisPublisher(orders) else { return }
            let result = ProducerWorker.run(orders, publisher: publisher, input: inputEnd, output: outputEnd)
            close(outputEnd)
            close(inputEnd)
            code.withLock { $0 = result }
        }
        thread.start()
    }

    deinit {
        closeInput()
        close(answers)
    }

    var now: Int64 { MonotonicClock.now() - orders.epoch }
    var status: ProducerStatus { latest.withLock { $0.0 } }

    func command(_ command: ProducerCommand) {
        let line = Array("\(command.line)\n".utf8)
        _ = write(commands, line, line.count)
    }

    func closeInput() {
        inputClosed.withLock { closed in
            if !closed { close(commands) }
            closed = true
        }
    }

    private func look() {
        latest.withLock { latest in
            var chunk = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = read(answers, &chunk, chunk.count)
                if count <= 0 { break }
                latest.1.append(contentsOf: chunk[..<count])
            }
            while let end = latest.1.firstIndex(of: 10) {
                if let status = try? JSONDecoder().decode(ProducerStatus.self, from: Data(latest.1[..<end])) {
                    latest.0 = status
                }
                latest.1.removeSubrange(...end)
            }
        }
    }

    func wait(_ condition: (ProducerStatus) -> Bool) throws {
        let deadline = MonotonicClock.now() + 20_000_000_000
        while !condition(status) {
            guard MonotonicClock.now() < deadline else {
                throw SystemError(.deadline, "the producer did not come to it: \(status)")
            }
            _ = try Sockets.waitReadable(answers, upTo: .milliseconds(100))
            look()
        }
    }

    func exitCode() -> Int32? {
        let deadline = MonotonicClock.now() + 20_000_000_000
        while MonotonicClock.now() < deadline {
            if let code = code.withLock({ $0 }) { return code }
            look()
            MonotonicClock.sleep(until: MonotonicClock.now() + 2_000_000)
        }
        return nil
    }

    /// The last status of one that ended well.
    func finish() throws -> ProducerStatus {
        #expect(exitCode() == 0)
        look()
        #expect(status.done == true && status.inFlight == 0)
        return status
    }

    func schedule() throws -> ScheduleReport {
        try JSONDecoder().decode(ScheduleReport.self, from: Data(contentsOf: URL(filePath: orders.schedulePath)))
    }

    func records() throws -> Records {
        try Files.write(Self.control, to: "\(folder)/history/control.jsonl")
        let history = try History.open(directory: folder)
        var found = Records()
        for chunk in history.chunks {
            for record in chunk.records {
                let key = Key(agent: record.agent, seq: record.seq, number: record.attemptNumber)
                switch record.type {
                case .attempt:
                    #expect(found.attempts.updateValue(record, forKey: key) == nil, "begun twice: \(key)")
                case .outcome:
                    #expect(found.attempts[key] != nil, "answered before it was begun: \(key)")
                    #expect(found.outcomes.updateValue(record, forKey: key) == nil, "answered twice: \(key)")
                case .gap:
                    found.gaps += 1
                    let number = chunk.names.map { Int($0[Int(record.second)]) } ?? Int(record.second)
                    found.gapReasons.append(history.names[number].text)
                default: break
                }
            }
        }
        return found
    }
}
