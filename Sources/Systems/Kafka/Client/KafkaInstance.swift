import CRDKafka

/// One instance of the client library, with its threads and connections; they end with it.
///
/// The library is safe to call from any thread.
final class KafkaInstance: Sendable {
    enum Kind {
        case producer, consumer

        fileprivate var raw: rd_kafka_type_t { self == .producer ? RD_KAFKA_PRODUCER : RD_KAFKA_CONSUMER }
    }

    // Set once; the library itself guards what it points to.
    nonisolated(unsafe) let handle: OpaquePointer
    let surroundings: KafkaSurroundings

    /// - Parameters:
    ///   - properties: the library's own, by name.
    ///   - events: which of them come by queue (`RD_KAFKA_EVENT_…`).
    init(
        _ kind: Kind, properties: [String: String], events: Int32, surroundings: KafkaSurroundings
    ) throws(KafkaClientError) {
        let configuration = try KafkaClientProperties.configuration(properties)
        surroundings.install(in: configuration)
        rd_kafka_conf_set_events(configuration, events)
        var made: OpaquePointer?
        let text = KafkaLibrary.text { made = rd_kafka_new(kind.raw, configuration, $0, $1) }
        guard let made else {
            // The configuration is taken over only by an instance that is made.
            rd_kafka_conf_destroy(configuration)
            throw KafkaClientError(
                "librdkafka \(KafkaLibrary.version) refuses this configuration: \(text)",
                remedy: "change the properties that it names (`producer:` or `consumer:` of the configuration)")
        }
        (handle, self.surroundings) = (made, surroundings)
    }

    /// Waits for the library's threads.
    deinit { rd_kafka_destroy_flags(handle, Int32(RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE)) }

    /// More addresses to find the cluster at, with commas.
    func addBrokers(_ addresses: String) { rd_kafka_brokers_add(handle, addresses) }

    /// The error that ended this instance for good; nil while there is none.
    var fatalError: (error: rd_kafka_resp_err_t, text: String)? {
        var error = RD_KAFKA_RESP_ERR_NO_ERROR
        let text = KafkaLibrary.text { error = rd_kafka_fatal_error(handle, $0, $1) }
        return error == RD_KAFKA_RESP_ERR_NO_ERROR ? nil : (error, text)
    }
}
