/// CreateTopics v4: topics whose partitions go to brokers that are named.
struct KafkaCreateTopicsRequest: KafkaRequest {
    static let key: Int16 = 19
    static let version: Int16 = 4

    struct Topic {
        var name: String
        /// Brokers of each partition, the preferred leader first.
        var assignment: [[Int32]]
        var properties: [KafkaSettings.Property]
    }

    /// How one topic fared.
    struct Result: Equatable {
        var name: String
        var error: Int16
        var message: String?
    }

    var topics: [Topic]
    var milliseconds: Int32
    /// Nothing is made: whether it could be is what is asked.
    var onlyChecks = false

    func write(into writer: inout KafkaWriter) {
        writer.list(topics) { writer, topic in
            writer.string(topic.name)
            // Both follow from the assignment.
            writer.integer(Int32(-1))
            writer.integer(Int16(-1))
            writer.list(Array(topic.assignment.enumerated())) { writer, partition in
                writer.integer(Int32(partition.offset))
                writer.list(partition.element) { $0.integer($1) }
            }
            writer.list(topic.properties) { writer, property in
                writer.string(property.name)
                writer.string(property.value)
            }
        }
        writer.integer(milliseconds)
        writer.boolean(onlyChecks)
    }

    func read(_ reader: inout KafkaReader) throws(KafkaMalformed) -> [Result] {
        _ = try reader.integer(Int32.self)
        return try reader.list { reader throws(KafkaMalformed) in
            Result(name: try reader.string(), error: try reader.integer(), message: try reader.optionalString())
        }
    }
}

/// DeleteTopics v3.
struct KafkaDeleteTopicsRequest: KafkaRequest {
    static let key: Int16 = 20
    static let version: Int16 = 3

    var topics: [String]
    var milliseconds: Int32

    func write(into writer: inout KafkaWriter) {
        writer.list(topics) { $0.string($1) }
        writer.integer(milliseconds)
    }

    /// Names with their errors.
    func read(_ reader: inout KafkaReader) throws(KafkaMalformed) -> [(name: String, error: Int16)] {
        _ = try reader.integer(Int32.self)
        return try reader.list { reader throws(KafkaMalformed) in (try reader.string(), try reader.integer()) }
    }
}
