/// What one broker believes of the cluster at one moment. One that is cut off tells old news.
struct KafkaMetadata: Equatable, Sendable {
    struct Broker: Equatable, Sendable {
        var id: Int32
        var host: String
        var port: Int32
    }

    struct Partition: Equatable, Sendable {
        /// 0 if all is well; a partition without a leader says so here.
        var error: Int16
        var index: Int32
        /// -1: nobody.
        var leader: Int32
        var leaderEpoch: Int32
        var replicas: [Int32]
        var inSync: [Int32]

        var isWhole: Bool { leader >= 0 && Set(inSync) == Set(replicas) }
    }

    struct Topic: Equatable, Sendable {
        var error: Int16
        var name: String
        var isInternal: Bool
        var partitions: [Partition]
    }

    /// Those that are registered and alive (not fenced).
    var brokers: [Broker]
    var clusterID: String?
    var topics: [Topic]

    func topic(_ name: String) -> Topic? { topics.first { $0.name == name } }

    func partition(_ topic: String, _ index: Int32) -> Partition? {
        self.topic(topic)?.partitions.first { $0.index == index }
    }
}

/// Metadata v7.
struct KafkaMetadataRequest: KafkaRequest {
    static let key: Int16 = 3
    static let version: Int16 = 7

    /// Nil: all of them.
    var topics: [String]?

    func write(into writer: inout KafkaWriter) {
        if let topics {
            writer.list(topics) { $0.string($1) }
        } else {
            writer.integer(Int32(-1))
        }
        // Asking must not make a topic.
        writer.boolean(false)
    }

    func read(_ reader: inout KafkaReader) throws(KafkaMalformed) -> KafkaMetadata {
        _ = try reader.integer(Int32.self)
        let brokers = try reader.list { reader throws(KafkaMalformed) in
            let broker = KafkaMetadata.Broker(
                id: try reader.integer(), host: try reader.string(), port: try reader.integer())
            _ = try reader.optionalString()
            return broker
        }
        let clusterID = try reader.optionalString()
        // Any broker, in KRaft: who is the active controller is asked of the quorum.
        _ = try reader.integer(Int32.self)
        let topics = try reader.list { reader throws(KafkaMalformed) in
            KafkaMetadata.Topic(
                error: try reader.integer(), name: try reader.string(), isInternal: try reader.boolean(),
                partitions: try reader.list { reader throws(KafkaMalformed) in try partition(&reader) })
        }
        return KafkaMetadata(brokers: brokers, clusterID: clusterID, topics: topics)
    }

    private func partition(_ reader: inout KafkaReader) throws(KafkaMalformed) -> KafkaMetadata.Partition {
        let partition = KafkaMetadata.Partition(
            error: try reader.integer(), index: try reader.integer(), leader: try reader.integer(),
            leaderEpoch: try reader.integer(), replicas: try reader.numbers(), inSync: try reader.numbers())
        _ = try reader.numbers()
        return partition
    }
}
