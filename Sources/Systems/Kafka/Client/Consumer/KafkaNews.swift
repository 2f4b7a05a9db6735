import CRDKafka
import Platform
import Synchronization

/// What the library says of a consumer beside its messages: how commits ended, and errors.
///
/// It comes by a thread of the library's own. To poll a queue for it would count as asking for messages, and a consumer
/// that is too slow for its poll time-out would never be found out.
final class KafkaNews: Sendable {
    enum Item: Sendable {
        /// The end of a commit: with the number that it was begun with; those that the library begins have one that
        /// nobody else has.
        case commit(Int, [Part])
        case error(rd_kafka_resp_err_t, String)
    }

    /// A partition's place in a commit.
    struct Part: Sendable {
        var partition: Int32
        var offset: Int64
        var error: rd_kafka_resp_err_t
    }

    private let items = Mutex<[Item]>([])
    private let wake: EventDescriptor

    init() throws(KernelFailure) { wake = try EventDescriptor() }

    /// Readable when there is something.
    var descriptor: Int32 { wake.raw }

    /// By the library's thread.
    func add(_ event: OpaquePointer) {
        let error = rd_kafka_event_error(event)
        let item: Item
        switch rd_kafka_event_type(event) {
        case RD_KAFKA_EVENT_OFFSET_COMMIT:
            var parts: [Part] = []
            if let list = rd_kafka_event_topic_partition_list(event)?.pointee {
                for index in 0..<Int(list.cnt) {
                    let part = list.elems[index]
                    // Of a request that failed as a whole the partitions may say nothing.
                    let own = part.err == RD_KAFKA_RESP_ERR_NO_ERROR ? error : part.err
                    parts.append(Part(partition: part.partition, offset: part.offset, error: own))
                }
            }
            item = .commit(Int(bitPattern: rd_kafka_event_opaque(event)), parts)
        case RD_KAFKA_EVENT_ERROR:
            item = .error(error, rd_kafka_event_error_string(event).map { String(cString: $0) } ?? "")
        default: return
        }
        add(item)
    }

    func add(_ item: Item) {
        items.withLock { $0.append(item) }
        wake.signal()
    }

    /// What has come since the last call.
    func take() -> [Item] {
        items.withLock { items in
            if items.isEmpty { return [] }
            defer { items = [] }
            return items
        }
    }

    /// The descriptor is quiet until something more comes.
    func hush() { _ = wake.take() }
}
