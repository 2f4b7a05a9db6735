import CRDKafka
import History
import Labs
import Platform
import Workers
import Workload

/// Reads the partitions of a topic from their beginning to their end, and records every entry.
///
/// Each pass has a fresh consumer of its own without a group: nothing is stored at the brokers, and nothing of the first
/// pass is in the second. Offsets that hold nothing (markers of transactions, what was aborted) are passed over by the
/// library and mean nothing.
struct KafkaReplay {
    enum Isolation: String, Sendable {
        case uncommitted = "read_uncommitted"
        /// Without what was aborted, and not beyond a transaction that is still open.
        case committed = "read_committed"
    }

    /// One partition, on its way.
    private struct Partition {
        var stream: String
        var index: Int32
        /// The offset behind its last entry, asked before the pass.
        var end: Int64
        var number: UInt32 = 0
        var isOver = false
    }

    private let topic: String
    private var partitions: [Partition] = []
    private let isolation: Isolation
    private let properties: [String: String]
    private var recorder: ReplayRecorder

    /// - Parameters:
    ///   - streams: `TOPIC-P` of each partition, all of one topic.
    ///   - properties: more of the library's own, over those that a replay sets.
    init(
        addresses: [String], streams: [String], run: String, isolation: Isolation, properties: [String: String] = [:]
    ) throws(SystemError) {
        var named: String?
        for stream in streams {
            do throws(WorkerError) {
                let (topic, index) = try KafkaProducerSettings.partition(stream)
                guard named == nil || named == topic else {
                    throw WorkerError("a replay is of one topic, not of \(named ?? "") and \(topic)")
                }
                named = topic
                partitions.append(Partition(stream: stream, index: index, end: 0))
            } catch {
                throw SystemError(.setting, error.description)
            }
        }
        topic = named ?? ""
        self.isolation = isolation
        recorder = ReplayRecorder(run: run)
        self.properties = Self.defaults.merging(properties) { $1 }.merging([
            "bootstrap.servers": addresses.joined(separator: ","), "isolation.level": isolation.rawValue,
        ]) { $1 }
    }

    /// Of every consumer that reads a topic from its beginning.
    static let defaults = [
        "client.id": "holdfast-replay",
        // What is damaged between the broker's disk and here must not pass for what it was.
        "check.crcs": "true",
        "enable.partition.eof": "true",
        "auto.offset.reset": "error",
        "allow.auto.create.topics": "false",
        "socket.timeout.ms": "10000",
        "reconnect.backoff.ms": "50",
        "reconnect.backoff.max.ms": "500",
        "fetch.wait.max.ms": "20",
        "fetch.error.backoff.ms": "20",
        "fetch.message.max.bytes": "4194304",
        "queued.min.messages": "200000",
        "queued.max.messages.kbytes": "65536",
    ]

    /// One pass over all partitions, into `writer`.
    mutating func read(
        pass: Int, into writer: inout ShardWriter, patience: any Patience
    ) throws(SystemError) {
        let reader = try KafkaTopicReader(properties, topic: topic)
        try findEnds(reader, patience)
        for place in partitions.indices {
            partitions[place].number = writer.stream(partitions[place].stream, form: .offset)
            partitions[place].isOver = false
        }
        try reader.start(partitions.map(\.index))
        var byIndex: [Int32: Int] = [:]
        for (place, partition) in partitions.enumerated() { byIndex[partition.index] = place }
        var left = partitions.count
        var lastNews = MonotonicClock.now()
        while left > 0 {
            var failure: String?
            let count = reader.take(upTo: SystemLimits.replayWaitMilliseconds) { message in
                guard let place = byIndex[message.partition] else { return }
                failure = failure ?? note(message, at: place, Int64(pass), &left, into: &writer)
            }
            if let failure { throw SystemError(.refused, "the replay of \(topic): \(failure)") }
            do { try writer.flush() } catch {
                throw SystemError(.lab, "the replay cannot be recorded: \(error)")
            }
            if count > 0 { lastNews = MonotonicClock.now() }
            guard MonotonicClock.now() - lastNews < SystemLimits.replayStallNanoseconds else {
                let missing = partitions.filter { !$0.isOver }.map(\.stream).joined(separator: ", ")
                throw SystemError(
                    .deadline,
                    "the replay gets nothing for \(SystemLimits.replayStallNanoseconds / 1_000_000_000) s, and is not "
                        + "at the end of \(missing)")
            }
            // Nothing to wait for; but whoever wants the run to end is heard.
            _ = try patience.wait(upTo: 0) { true }
        }
    }

    /// Takes one message; returns what is wrong, if something is.
    private mutating func note(
        _ message: KafkaTopicReader.Message, at place: Int, _ pass: Int64, _ left: inout Int,
        into writer: inout ShardWriter
    ) -> String? {
        let partition = partitions[place]
        if partition.isOver { return nil }
        switch message.error {
        case RD_KAFKA_RESP_ERR_NO_ERROR:
            recorder.record(
                message.value.flatMap { EventCodec.decode($0) }, pass: pass, stream: partition.number,
                position: Position(UInt64(message.offset)), into: &writer)
        case RD_KAFKA_RESP_ERR__BAD_MSG where message.offset >= 0:
            // A batch with a wrong checksum: it is there, and nobody can say what it holds.
            recorder.record(
                nil, pass: pass, stream: partition.number, position: Position(UInt64(message.offset)), into: &writer)
        case RD_KAFKA_RESP_ERR__PARTITION_EOF:
            // Where the reader is now; a broker that lags shows an end before the end.
            guard message.offset >= partition.end else { return nil }
            partitions[place].isOver = true
            left -= 1
            writer.append(.replayEnd(pass: pass, stream: partition.number))
        default:
            return "\(partition.stream) at \(message.offset): \(KafkaLibrary.name(message.error))"
        }
        return nil
    }

    /// Asks where each partition ends. A reader of what is committed sees nothing behind an open transaction: those are
    /// waited for, since their producers are gone and the brokers end them.
    private mutating func findEnds(_ reader: KafkaTopicReader, _ patience: any Patience) throws(SystemError) {
        var plain: KafkaTopicReader?
        if isolation == .committed {
            plain = try KafkaTopicReader(
                properties.merging(["isolation.level": Isolation.uncommitted.rawValue]) { $1 }, topic: topic)
        }
        for place in partitions.indices {
            let (stream, index) = (partitions[place].stream, partitions[place].index)
            var said = ""
            let found = try patience.wait(upTo: SystemLimits.openTransactionSeconds) {
                do throws(SystemError) {
                    let end = try reader.end(of: index)
                    let last = try plain?.end(of: index) ?? end
                    partitions[place].end = end
                    said = "\(stream) is decided up to \(end), and goes on to \(last): a transaction is open"
                    return end == last
                } catch {
                    said = error.message
                    return false
                }
            }
            guard found else {
                throw SystemError(
                    .deadline, "no replay after \(Int(SystemLimits.openTransactionSeconds)) s: \(said)")
            }
        }
    }
}
