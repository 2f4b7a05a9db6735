import CRDKafka

/// The library's own properties, by name.
enum KafkaClientProperties {
    /// Those of Holdfast's own that orders carry among the library's.
    static let ownPrefix = "holdfast."
    private static let transactionPrefix = ownPrefix + "transaction."

    /// Orders' properties for somebody who has no transactions, whatever others are told.
    static func withoutTransactions(_ settings: [String: String]) -> [String: String] {
        settings.filter { !$0.key.hasPrefix(transactionPrefix) }
    }

    /// What is wrong with a property; nil if the library takes it.
    static func problem(name: String, value: String) -> KafkaSettingsReader.ClientProblem? {
        let configuration = rd_kafka_conf_new()
        defer { rd_kafka_conf_destroy(configuration) }
        do throws(KafkaClientError) {
            try set(name, value, in: configuration)
            return nil
        } catch {
            return exists(name, in: configuration) ? .wrong(error.message) : .unknown
        }
    }

    /// A configuration with these properties; the caller's to destroy, or to hand to `rd_kafka_new`.
    static func configuration(_ properties: [String: String]) throws(KafkaClientError) -> OpaquePointer {
        guard let configuration = rd_kafka_conf_new() else {
            throw KafkaClientError("the client library has no memory left", remedy: "end what takes it")
        }
        do throws(KafkaClientError) {
            for (name, value) in properties.sorted(by: { $0.key < $1.key }) where !name.hasPrefix(ownPrefix) {
                try set(name, value, in: configuration)
            }
        } catch {
            rd_kafka_conf_destroy(configuration)
            throw error
        }
        return configuration
    }

    private static func set(
        _ name: String, _ value: String, in configuration: OpaquePointer?
    ) throws(KafkaClientError) {
        var result = RD_KAFKA_CONF_OK
        let text = KafkaLibrary.text { result = rd_kafka_conf_set(configuration, name, value, $0, $1) }
        switch result {
        case RD_KAFKA_CONF_OK: return
        case RD_KAFKA_CONF_UNKNOWN:
            throw KafkaClientError(
                property: name, "librdkafka \(KafkaLibrary.version) has no such property",
                remedy: "take a name that its CONFIGURATION.md lists")
        default:
            throw KafkaClientError(property: name, text, remedy: "give it a value that CONFIGURATION.md allows")
        }
    }

    /// A name that only takes other values is known all the same.
    private static func exists(_ name: String, in configuration: OpaquePointer?) -> Bool {
        var size = 0
        return rd_kafka_conf_get(configuration, name, nil, &size) == RD_KAFKA_CONF_OK
            || rd_kafka_topic_conf_get(rd_kafka_conf_get_default_topic_conf(configuration), name, nil, &size)
                == RD_KAFKA_CONF_OK
    }
}
