import Foundation
import Glibc
import Platform
import Synchronization
import Systems
import Workers
import Workload

/// The generator against redis-benchmark, and its schedule against a bare timer. Needs redis-server, redis-benchmark
/// and redis-cli, and says so when one of them is missing.
struct GeneratorBenchmark {
    private let folder: String
    private let server: Child
    private let address: String
    private let redisBenchmark: String
    private let redisCLI: String

    private static let host = "127.0.0.1"
    private static let port = "16399"
    private static let payload = 200
    private static let rounds = 5

    static func run(folder: String) throws {
        let benchmark = try GeneratorBenchmark(folder: folder)
        defer { benchmark.server.end() }
        try benchmark.awaitServer()
        for depth in [1, 16] { try benchmark.fullSpeed(connections: 50, depth: depth) }
        try benchmark.schedule()
    }

    private init(folder: String) throws {
        self.folder = folder
        guard let program = Tool.locate("redis-server"), let benchmark = Tool.locate("redis-benchmark"),
            let cli = Tool.locate("redis-cli")
        else { throw Trouble("redis-server, redis-benchmark or redis-cli is missing; apt-get install redis") }
        (redisBenchmark, redisCLI) = (benchmark, cli)
        address = "\(Self.host):\(Self.port)"
        server = try Child(
            executable: program,
            arguments: [
                "--bind", Self.host, "--port", Self.port, "--save", "", "--appendonly", "no", "--dir", folder,
            ], output: .file("\(folder)/redis.log"))
    }

    private func awaitServer() throws {
        let deadline = now() + 10
        while try cli(["PING"]) != "PONG" {
            if now() > deadline || server.status != nil {
                throw Trouble("redis-server does not answer on \(address): \(folder)/redis.log says why")
            }
            MonotonicClock.sleep(until: MonotonicClock.now() + 20_000_000)
        }
    }

    private func cli(_ words: [String]) throws -> String {
        try Tool.run(redisCLI, ["-h", Self.host, "-p", Self.port] + words).output.trimmingCharacters(in: .newlines)
    }

    // MARK: Full speed

    /// The same payload size, connections and pipelining for both, one after the other, five times: medians.
    private func fullSpeed(connections: Int, depth: Int) throws {
        var (ours, theirs): ([Double], [Double]) = ([], [])
        for round in 0..<Self.rounds {
            theirs.append(try peer(connections: connections, depth: depth, count: depth == 1 ? 200_000 : 800_000))
            ours.append(try generator(connections: connections, depth: depth, seconds: 2, round: round))
        }
        Figure(
            figure: "generator.full_speed.depth_\(depth)", value: median(ours), unit: "events/s", peer: median(theirs)
        ).print()
    }

    private func peer(connections: Int, depth: Int, count: Int) throws -> Double {
        let value = String(repeating: "x", count: Self.payload + EventCodec.headerLength)
        let result = try Tool.run(
            redisBenchmark,
            [
                "-h", Self.host, "-p", Self.port, "-c", "\(connections)", "-P", "\(depth)", "-n", "\(count)", "--csv",
                "XADD", "bench", "*", "e", value,
            ], deadline: .seconds(120))
        _ = try cli(["FLUSHALL"])
        let fields = result.output.split(separator: "\n").last?.components(separatedBy: "\",\"") ?? []
        guard fields.count > 1, let rate = Double(fields[1]) else {
            throw Trouble("redis-benchmark said something else than usual: \(result.output.suffix(300))")
        }
        return rate
    }

    private func generator(connections: Int, depth: Int, seconds: Int64, round: Int) throws -> Double {
        var workload = WorkloadSettings(agents: connections, rate: 1e9, payload: Self.payload...Self.payload)
        (workload.producers, workload.inFlight) = (1, depth)
        let length = seconds * 1_000_000_000
        let producers = try play(workload, length: length, connections: connections, name: "full-\(depth)-\(round)")
        let status = producers[0].status
        guard status.failed == 0, status.unknown == 0 else { throw Trouble("not all was acked: \(status)") }
        return Double(status.acked) / Double(seconds)
    }

    // MARK: Schedule

    /// 10,000 events a second of 200 agents in two producers, and beside them a thread that does nothing but sleep until
    /// the next of its moments, as often as one producer has events.
    private func schedule() throws {
        let seconds: Int64 = 10
        let timer = BareTimer(spacing: 200_000, count: Int(seconds) * 5_000)
        timer.start()
        let producers = try play(
            WorkloadSettings(), length: seconds * 1_000_000_000, connections: 1, name: "schedule")
        let bare = timer.finish()
        var errors = TimeHistogram()
        for producer in producers {
            let data = try Data(contentsOf: URL(filePath: producer.orders.schedulePath))
            errors.merge(try JSONDecoder().decode(ScheduleReport.self, from: data).errors)
        }
        for (name, share) in [("p50", 0.5), ("p99", 0.99), ("p999", 0.999)] {
            Figure(
                figure: "generator.schedule_error.\(name)", value: Double(errors.percentile(share)) / 1000, unit: "us",
                peer: Double(bare.percentile(share)) / 1000
            ).print()
        }
        let total = producers.map(\.status).reduce(ProducerStatus(), +)
        Figure(
            figure: "generator.rate", value: Double(total.acked) / Double(seconds), unit: "events/s", peer: 10_000
        ).print()
    }

    // MARK: Producers

    /// Plays to the end in processes of their own; the history goes to disk as in a trial.
    private func play(
        _ workload: WorkloadSettings, length: Int64, connections: Int, name: String
    ) throws -> [ProducerProcess] {
        // Longer than a process needs to start on a busy machine: that is no part of the speed.
        let start: Int64 = 1_000_000_000
        let epoch = MonotonicClock.now()
        let producers = try (0..<workload.producers).map { number in
            let path = "\(folder)/\(name)-\(number)"
            let orders = ProducerOrders(
                worker: "\(name)-\(number)", run: name, seed: 1, agents: workload.agents(ofProducer: number),
                workload: workload,
                client: ClientOrders(
                    client: "redis", addresses: [address], streams: ["bench"], ack: "reply",
                    settings: ["connections": "\(connections)"]),
                retries: .none, inFlight: workload.inFlight, epoch: epoch, loadStart: start, until: start + length,
                historyPath: "\(path).shard", schedulePath: "\(path).schedule.json")
            return try ProducerProcess(orders, ordersPath: "\(path).json", log: "\(folder)/producers.log")
        }
        let deadline = MonotonicClock.now() + length + 20_000_000_000
        for producer in producers {
            while producer.exit == nil && MonotonicClock.now() < deadline {
                producer.poll()
                _ = producer.wait(upTo: .milliseconds(50))
            }
            producer.poll()
            unlink(producer.orders.historyPath)
            guard producer.finishedWell else {
                throw Trouble("\(producer.orders.worker) ended badly; \(folder)/producers.log says why")
            }
        }
        _ = try cli(["FLUSHALL"])
        return producers
    }

    private func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}

/// What sleeping until a moment costs on this machine at this time, on a thread that does nothing else.
final class BareTimer: Sendable {
    private let spacing: Int64
    private let count: Int
    private let done = DispatchSemaphore(value: 0)
    private let result = Locked(TimeHistogram())

    init(spacing: Int64, count: Int) { (self.spacing, self.count) = (spacing, count) }

    func start() {
        let thread = Thread { [self] in
            MonotonicClock.makeWaitsExact()
            var errors = TimeHistogram()
            var next = MonotonicClock.now() + 1_000_000_000
            for _ in 0..<count {
                next += spacing
                if MonotonicClock.now() < next { MonotonicClock.sleep(until: next) }
                errors.record(MonotonicClock.now() - next)
            }
            result.set(errors)
            done.signal()
        }
        thread.start()
    }

    func finish() -> TimeHistogram {
        done.wait()
        return result.get()
    }
}

/// A value that two threads hand over.
final class Locked<Value: Sendable>: Sendable {
    private let value: Mutex<Value>
    init(_ value: Value) { self.value = Mutex(value) }
    func set(_ new: Value) { value.withLock { $0 = new } }
    func get() -> Value { value.withLock { $0 } }
}
