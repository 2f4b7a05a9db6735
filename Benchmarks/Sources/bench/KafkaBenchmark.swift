import Foundation
import Glibc
import Platform
import Systems
import Workers
import Workload

/// The generator against Kafka's own producer benchmark: the same brokers, partitions, record size and settings, one
/// after the other, both after a time to get warm. Needs KAFKA_HOME, and says so without.
struct KafkaBenchmark {
    private static let rounds = 3
    private static let recordSize = 1024
    private static let records = 450_000
    private static let warmRecords = 150_000
    private static let warmUp: Int64 = 2_000_000_000
    private static let length: Int64 = 5_000_000_000

    /// By the same names for both clients. Idempotence is on by default in one of them and off in the other.
    private static let settings = [
        "linger.ms": "5", "batch.size": "131072", "compression.type": "none",
        "max.in.flight.requests.per.connection": "5", "enable.idempotence": "false",
    ]
    /// Records that a client may have on their way: as many as the other's buffer of 32 MB takes.
    private static let agents = 40
    private static let inFlight = 750

    private let folder: String
    private let cluster: KafkaCluster

    static func run(folder: String) throws {
        guard let cluster = try KafkaCluster(folder: folder) else { return }
        defer { cluster.end() }
        let benchmark = KafkaBenchmark(folder: folder, cluster: cluster)
        // The brokers are as cold as the clients, and would warm up with whoever comes first.
        try cluster.make("warm")
        _ = try benchmark.peer("warm", acks: "all")
        for acks in ["1", "all"] { try benchmark.compare(acks) }
    }

    private func compare(_ acks: String) throws {
        var (ours, theirs): ([Double], [Double]) = ([], [])
        for round in 0..<Self.rounds {
            let topic = "acks-\(acks)-\(round)"
            try cluster.make(topic)
            theirs.append(try peer(topic, acks: acks))
            ours.append(try generator(topic, acks: acks))
        }
        Figure(
            figure: "generator.kafka.full_speed.acks_\(acks)", value: Self.median(ours), unit: "events/s",
            peer: Self.median(theirs)
        ).print()
    }

    private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

    /// 400000 records sent, 71022.7 records/sec (69.36 MB/sec), …: the last line is of what came after the warm-up.
    private func peer(_ topic: String, acks: String) throws -> Double {
        var properties = ["bootstrap.servers=\(cluster.addresses.joined(separator: ","))", "acks=\(acks)"]
        properties += Self.settings.map { "\($0.key)=\($0.value)" }
        let output = try cluster.tool(
            "kafka-producer-perf-test.sh",
            [
                "--topic", topic, "--num-records", "\(Self.records)", "--warmup-records", "\(Self.warmRecords)",
                "--record-size", "\(Self.recordSize)", "--throughput", "-1", "--command-property",
            ] + properties)
        let last = output.split(separator: "\n").last { $0.contains("records/sec") && $0.contains("99.9th") }
        let words = last?.split(separator: " ") ?? []
        guard let place = words.firstIndex(of: "records/sec"), place > 0, let rate = Double(words[place - 1]) else {
            throw Trouble("kafka-producer-perf-test.sh said something else than usual: \(output.suffix(600))")
        }
        return rate
    }

    /// What is acknowledged a second, from the end of the warm-up to the end of the load.
    private func generator(_ topic: String, acks: String) throws -> Double {
        let payload = Self.recordSize - EventCodec.headerLength
        var workload = WorkloadSettings(agents: Self.agents, rate: 1e9, payload: payload...payload)
        (workload.producers, workload.inFlight) = (1, Self.inFlight)
        let path = "\(folder)/\(topic)"
        let start: Int64 = 2_000_000_000
        let orders = ProducerOrders(
            worker: topic, run: topic, seed: 1, agents: workload.agents(ofProducer: 0), workload: workload,
            client: ClientOrders(
                client: "kafka", addresses: cluster.addresses, streams: cluster.streams(topic), ack: acks,
                settings: Self.settings.merging(["retries": "0"]) { $1 }),
            retries: .none, inFlight: Self.inFlight, epoch: MonotonicClock.now(), loadStart: start,
            until: start + Self.length, historyPath: "\(path).shard", schedulePath: "\(path).schedule.json")
        let producer = try ProducerProcess(orders, ordersPath: "\(path).json", log: "\(folder)/producers.log")
        defer { unlink(orders.historyPath) }
        var (first, last): (ProducerStatus?, ProducerStatus?) = (nil, nil)
        let deadline = MonotonicClock.now() + start + Self.length + 30_000_000_000
        while producer.exit == nil && MonotonicClock.now() < deadline {
            let status = producer.poll()
            if status.t >= start + Self.warmUp && status.t <= start + Self.length {
                if first == nil { first = status }
                last = status
            }
            _ = producer.wait(upTo: .milliseconds(20))
        }
        let whole = producer.poll()
        guard producer.finishedWell, whole.failed == 0, whole.unknown == 0, let first, let last, last.t > first.t else {
            throw Trouble("not all was acked: \(whole); \(folder)/producers.log says more")
        }
        return Double(last.acked - first.acked) / Double(last.t - first.t) * 1e9
    }
}
