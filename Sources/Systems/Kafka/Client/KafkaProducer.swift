import CRDKafka
import Platform

/// Hands records of one topic to the client library, and takes its delivery reports; never waits.
final class KafkaProducer {
    enum Handed {
        case queued
        /// The library's queue has no room at this moment.
        case full
        /// It was never queued.
        case refused(rd_kafka_resp_err_t)
    }

    /// What became of one record.
    struct Report {
        /// What it was handed over with.
        var tag: UInt
        var error: rd_kafka_resp_err_t
        var status: rd_kafka_msg_status_t
        /// Nil where the report has none, or none that can be trusted.
        var offset: Int64?
    }

    enum News {
        /// No more for now.
        case none
        case more
    }

    let instance: KafkaInstance
    let topic: OpaquePointer
    private let queue: OpaquePointer
    /// Readable when there are reports.
    private let wake: EventDescriptor
    /// The library has said that it can do nothing more.
    private(set) var isDead = false

    init(properties: [String: String], topic name: String, log: @escaping @Sendable (String) -> Void)
        throws(KafkaClientError)
    {
        do throws(KernelFailure) { wake = try EventDescriptor() } catch {
            throw KafkaClientError("\(error)", remedy: "let this process open more descriptors")
        }
        let instance = try KafkaInstance(
            .producer, properties: properties, events: RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR,
            surroundings: KafkaSurroundings(log: log))
        guard let queue = rd_kafka_queue_get_main(instance.handle),
            let topic = rd_kafka_topic_new(instance.handle, name, nil)
        else {
            throw KafkaClientError("there can be no topic `\(name)`", remedy: "take letters, digits, `.`, `_` and `-`")
        }
        (self.instance, self.queue, self.topic) = (instance, queue, topic)
        // What the library writes when its queue is empty no longer; an event descriptor takes eight bytes.
        var one: UInt64 = 1
        rd_kafka_queue_io_event_enable(queue, wake.raw, &one, MemoryLayout<UInt64>.size)
        // It may not be empty any more, and then it is never heard of again.
        wake.signal()
    }

    deinit {
        rd_kafka_queue_io_event_enable(queue, -1, nil, 0)
        rd_kafka_topic_destroy(topic)
        rd_kafka_queue_destroy(queue)
    }

    /// Readable when `reports` has something.
    var descriptor: Int32 { wake.raw }

    /// Copies `value`. `tag` comes back in the report, of which there will be exactly one if it is queued.
    func produce(
        _ value: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer? = nil, partition: Int32, tag: UInt
    ) -> Handed {
        let result = rd_kafka_produce(
            topic, partition, RD_KAFKA_MSG_F_COPY, UnsafeMutableRawPointer(mutating: value.baseAddress), value.count,
            key?.baseAddress, key?.count ?? 0, UnsafeMutableRawPointer(bitPattern: tag))
        if result == 0 { return .queued }
        // Of this thread and this call.
        let error = rd_kafka_last_error()
        return error == RD_KAFKA_RESP_ERR__QUEUE_FULL ? .full : .refused(error)
    }

    /// Takes what has come, about `limit` reports at a time.
    func reports(limit: Int, _ each: (Report) -> Void) -> News {
        _ = wake.take()
        var count = 0
        while count < limit {
            guard let event = rd_kafka_queue_poll(queue, 0) else { return .none }
            defer { rd_kafka_event_destroy(event) }
            guard rd_kafka_event_type(event) == RD_KAFKA_EVENT_DR else {
                // Other errors are no end, and tell nothing that a report does not tell.
                if rd_kafka_event_error(event) == RD_KAFKA_RESP_ERR__FATAL { isDead = true }
                continue
            }
            // The reports of one request, in its order. Offsets are counted up from the first one's, which is below
            // zero where the broker gave none: those that follow mean nothing then.
            var isCounted = true
            while let message = rd_kafka_event_message_next(event) {
                count += 1
                isCounted = isCounted && message.pointee.offset >= 0
                each(
                    Report(
                        tag: UInt(bitPattern: message.pointee._private), error: message.pointee.err,
                        status: rd_kafka_message_status(message),
                        offset: isCounted ? message.pointee.offset : nil))
            }
        }
        // The library speaks up only when its queue was empty before.
        wake.signal()
        return .more
    }

    /// Ends what is queued or under way; a report of each follows.
    func purge() { rd_kafka_purge(instance.handle, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT) }
}
