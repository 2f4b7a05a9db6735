/// ListOffsets v2: where partitions begin or end. Only a partition's leader says.
struct KafkaEndOffsetsRequest: KafkaRequest {
    static let key: Int16 = 2
    static let version: Int16 = 2

    enum Place: Int64 {
        case last = -1
        case first = -2
    }

    struct End: Equatable {
        var partition: Int32
        var error: Int16
        /// Of the entry that comes next; of a read-committed reader, behind the last that is decided.
        var offset: Int64
    }

    var topic: String
    var partitions: [Int32]
    var committed = false
    var place = Place.last

    func write(into writer: inout KafkaWriter) {
        // An ordinary client, no replica.
        writer.integer(Int32(-1))
        writer.integer(Int8(committed ? 1 : 0))
        writer.list([topic]) { writer, topic in
            writer.string(topic)
            writer.list(partitions) { writer, partition in
                writer.integer(partition)
                writer.integer(place.rawValue)
            }
        }
    }

    func read(_ reader: inout KafkaReader) throws(KafkaMalformed) -> [End] {
        _ = try reader.integer(Int32.self)
        return try reader.list { reader throws(KafkaMalformed) in
            _ = try reader.string()
            return try reader.list { reader throws(KafkaMalformed) in
                let (partition, error) = (try reader.integer(Int32.self), try reader.integer(Int16.self))
                _ = try reader.integer(Int64.self)
                return End(partition: partition, error: error, offset: try reader.integer())
            }
        }.flatMap { $0 }
    }
}
