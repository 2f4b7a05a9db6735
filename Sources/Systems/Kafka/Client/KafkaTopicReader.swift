import CRDKafka
import Platform

/// A consumer without a group that reads partitions of one topic. Used by one thread, which waits.
final class KafkaTopicReader {
    struct Message {
        var partition: Int32
        var offset: Int64
        var error: rd_kafka_resp_err_t
        /// Valid only while it is looked at.
        var value: UnsafeRawBufferPointer?
    }

    private static let batch = 1_000

    private let instance: KafkaInstance
    private let name: String
    private let topic: OpaquePointer
    private let queue: OpaquePointer
    private let messages: UnsafeMutableBufferPointer<UnsafeMutablePointer<rd_kafka_message_t>?>
    private var started: [Int32] = []

    init(_ properties: [String: String], topic name: String) throws(SystemError) {
        let instance: KafkaInstance
        do throws(KafkaClientError) {
            // What it says is of no use to anybody: what matters comes as an error.
            instance = try KafkaInstance(
                .consumer, properties: properties, events: 0, surroundings: KafkaSurroundings { _ in })
        } catch {
            throw SystemError(.setting, error.description)
        }
        guard let queue = rd_kafka_queue_new(instance.handle),
            let topic = rd_kafka_topic_new(instance.handle, name, nil)
        else { throw SystemError(.setting, "there can be no topic `\(name)`") }
        (self.instance, self.queue, self.topic, self.name) = (instance, queue, topic, name)
        messages = .allocate(capacity: Self.batch)
        messages.initialize(repeating: nil)
    }

    deinit {
        for partition in started { rd_kafka_consume_stop(topic, partition) }
        rd_kafka_queue_destroy(queue)
        rd_kafka_topic_destroy(topic)
        messages.deallocate()
    }

    /// The offset behind the last entry that this reader may see.
    func end(of partition: Int32) throws(SystemError) -> Int64 { try ends(of: partition).last }

    /// The offset of the first entry that is there, and the one behind the last that this reader may see.
    func ends(of partition: Int32) throws(SystemError) -> (first: Int64, last: Int64) {
        var (low, high): (Int64, Int64) = (0, 0)
        let error = rd_kafka_query_watermark_offsets(
            instance.handle, name, partition, &low, &high, SystemLimits.replayAnswerMilliseconds)
        guard error == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw SystemError(
                .unreachable, "nobody says where \(name)-\(partition) ends: \(KafkaLibrary.name(error))")
        }
        return (low, high)
    }

    /// Begins to read from the first entry that is there.
    func start(_ partitions: [Int32]) throws(SystemError) {
        for partition in partitions { try start(partition, at: Int64(RD_KAFKA_OFFSET_BEGINNING)) }
    }

    /// Begins to read from an offset.
    func start(_ partition: Int32, at offset: Int64) throws(SystemError) {
        guard rd_kafka_consume_start_queue(topic, partition, offset, queue) == 0 else {
            throw SystemError(
                .refused, "\(name)-\(partition) cannot be read: \(KafkaLibrary.name(rd_kafka_last_error()))")
        }
        started.append(partition)
    }

    /// Waits for messages, shows each to `body`, and returns how many there were.
    func take(upTo milliseconds: Int32, _ body: (Message) -> Void) -> Int {
        let count = rd_kafka_consume_batch_queue(queue, milliseconds, messages.baseAddress, messages.count)
        if count <= 0 { return 0 }
        for index in 0..<count {
            guard let message = messages[index] else { continue }
            let value = message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR ? message.pointee.payload : nil
            body(
                Message(
                    partition: message.pointee.partition, offset: message.pointee.offset, error: message.pointee.err,
                    value: value.map { UnsafeRawBufferPointer(start: $0, count: message.pointee.len) }))
            rd_kafka_message_destroy(message)
        }
        return count
    }
}
