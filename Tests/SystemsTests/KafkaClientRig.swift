import Glibc
import History
import Labs
import Platform
import Testing
import Workers
import Workload

@testable import Systems

/// A Kafka publisher, driven by hand as a producer's loop drives it.
final class KafkaRig {
    struct Item {
        var attempt: Attempt
        var crc: UInt32
        var completion: Completion
        var reason: String
        /// 0: none.
        var transaction: Int64
    }

    static let run = "kafka-client-test"

    let publisher: KafkaPublisher
    private let poller: Poller
    private var engine: ProducerEngine
    private var completions: [Completion] = []
    private var events: [PollEvent] = []
    private(set) var ended: [EndedTransaction] = []

    /// - Parameter streams: `TOPIC-P` of each partition.
    init(
        _ addresses: [String], streams: [String], agents: Int = 3, ack: String = "all",
        settings: [String: String] = [:], payload: Int = 50, inFlight: Int = 1, identity: String = "rig"
    ) throws {
        let workload = WorkloadSettings(agents: agents, rate: 1e9, payload: payload...payload, producers: 1)
        var orders = ProducerOrders(
            worker: "rig", run: Self.run, seed: 1, agents: workload.agents(ofProducer: 0), workload: workload,
            client: ClientOrders(
                client: "kafka", addresses: addresses, streams: streams, ack: ack,
                settings: settings.merging(["allow.auto.create.topics": "true"]) { $1 }),
            retries: .none, inFlight: inFlight, epoch: 0, loadStart: 0, historyPath: "", schedulePath: "")
        orders.identity = identity
        publisher = try KafkaPublisher(orders)
        poller = try Poller()
        engine = ProducerEngine(orders)
        publisher.open(poller, now: MonotonicClock.now())
    }

    static func streams(_ topic: String, _ count: Int = 3) -> [String] { (0..<count).map { "\(topic)-\($0)" } }

    private func turn() throws {
        let left = max(0, min(publisher.nextDeadline, MonotonicClock.now() + 20_000_000) - MonotonicClock.now())
        try poller.wait(timeoutNanoseconds: left, into: &events)
        let now = MonotonicClock.now()
        for event in events { publisher.ready(event, poller, now: now, into: &completions) }
        if publisher.nextDeadline <= now { publisher.expire(poller, now: now, into: &completions) }
        publisher.send(poller, now: now, into: &completions)
        publisher.takeEnded { ended.append($0) }
    }

    /// What has completed since `begin`.
    var taken: [Completion] { completions }

    /// Ends what is open, as a producer does when its load is over.
    func finish() throws {
        try settle { publisher.finish(poller, now: MonotonicClock.now(), into: &completions) }
        publisher.takeEnded { ended.append($0) }
    }

    func settle(_ condition: () -> Bool) throws {
        let deadline = MonotonicClock.now() + 30_000_000_000
        while !condition() {
            guard MonotonicClock.now() < deadline else { throw SystemError(.deadline, "the publisher did not settle") }
            try turn()
        }
    }

    /// Begins so many events, sends them, does what the test wants meanwhile, and waits until all have completed.
    func publish(_ count: Int, _ meanwhile: () throws -> Void = {}) throws -> [Item] {
        var (flying, done, begun): ([Int32: (Attempt, UInt32, Int64)], [Item], Int) = ([:], [], 0)
        let deadline = MonotonicClock.now() + 40_000_000_000
        var first = true
        while done.count < count {
            guard MonotonicClock.now() < deadline else {
                throw SystemError(.deadline, "\(done.count) of \(count) done")
            }
            let now = MonotonicClock.now()
            while begun < count, let attempt = engine.begin(now) {
                begun += 1
                let crc = publisher.prepare(attempt, now: now)
                flying[attempt.slot] = (attempt, crc, publisher.transaction)
            }
            publisher.send(poller, now: now, into: &completions)
            if first { try meanwhile() }
            first = false
            try turn()
            for completion in completions {
                engine.complete(completion.slot, completion.outcome, now: now)
                let known = flying.removeValue(forKey: completion.slot)
                let (attempt, crc, transaction) = try #require(known, "an attempt completed twice")
                done.append(
                    Item(
                        attempt: attempt, crc: crc, completion: completion,
                        reason: publisher.reason(completion.reason), transaction: transaction))
            }
            completions.removeAll()
        }
        return done
    }

    /// Begins and sends so many events, and does not wait for what becomes of them.
    func begin(_ count: Int) throws {
        let now = MonotonicClock.now()
        for _ in 0..<count {
            let attempt = engine.begin(now)
            _ = publisher.prepare(try #require(attempt), now: now)
        }
        publisher.send(poller, now: now, into: &completions)
    }

    func close() -> [Completion] {
        publisher.close(poller, now: MonotonicClock.now(), into: &completions)
        defer { completions.removeAll() }
        return completions
    }
}
