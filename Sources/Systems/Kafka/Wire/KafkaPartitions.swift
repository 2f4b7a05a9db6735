/// DescribeTopicPartitions v0: besides what Metadata says, who may still be made leader (eligible leader replicas).
struct KafkaPartitionsRequest: KafkaRequest {
    static let key: Int16 = 75
    static let version: Int16 = 0
    static let isFlexible = true

    struct Partition: Equatable {
        var error: Int16
        var index: Int32
        var leader: Int32
        var leaderEpoch: Int32
        var inSync: [Int32]
        var eligible: [Int32]
    }

    var topic: String

    func write(into writer: inout KafkaWriter) {
        writer.compactList([topic]) { writer, topic in
            writer.compactString(topic)
            writer.noTags()
        }
        writer.integer(Int32(2000))
        // From the first partition on.
        writer.integer(Int8(-1))
        writer.noTags()
    }

    func read(_ reader: inout KafkaReader) throws(KafkaMalformed) -> [Partition] {
        _ = try reader.integer(Int32.self)
        return try reader.compactList { reader throws(KafkaMalformed) in
            _ = try reader.integer(Int16.self)
            _ = try reader.compactString()
            // The topic's id, and whether it is internal.
            try reader.skip(17)
            let partitions = try reader.compactList { reader throws(KafkaMalformed) in try partition(&reader) }
            _ = try reader.integer(Int32.self)
            try reader.skipTags()
            return partitions
        }.flatMap { $0 }
    }

    private func partition(_ reader: inout KafkaReader) throws(KafkaMalformed) -> Partition {
        var partition = Partition(
            error: try reader.integer(), index: try reader.integer(), leader: try reader.integer(),
            leaderEpoch: try reader.integer(), inSync: [], eligible: [])
        _ = try reader.compactNumbers()
        partition.inSync = try reader.compactNumbers()
        partition.eligible = try reader.compactNumbers()
        // Who was eligible last, and who is offline.
        _ = try reader.compactNumbers()
        _ = try reader.compactNumbers()
        try reader.skipTags()
        return partition
    }
}
