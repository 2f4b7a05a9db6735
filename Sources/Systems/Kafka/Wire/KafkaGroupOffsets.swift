/// OffsetFetch v5: how far a group says it is. Only its coordinator knows.
struct KafkaGroupOffsetsRequest: KafkaRequest {
    static let key: Int16 = 9
    static let version: Int16 = 5

    struct Place: Equatable {
        var partition: Int32
        var error: Int16
        /// Of the entry that comes next; -1: it has never said.
        var offset: Int64
    }

    struct Answer: Equatable {
        var error: Int16
        var places: [Place]
    }

    var group: String
    var topic: String
    var partitions: [Int32]

    func write(into writer: inout KafkaWriter) {
        writer.string(group)
        writer.list([topic]) { writer, topic in
            writer.string(topic)
            writer.list(partitions) { $0.integer($1) }
        }
    }

    func read(_ reader: inout KafkaReader) throws(KafkaMalformed) -> Answer {
        _ = try reader.integer(Int32.self)
        let places = try reader.list { reader throws(KafkaMalformed) in
            _ = try reader.string()
            return try reader.list { reader throws(KafkaMalformed) in
                let (partition, offset) = (try reader.integer(Int32.self), try reader.integer(Int64.self))
                _ = try reader.integer(Int32.self)
                _ = try reader.optionalString()
                return Place(partition: partition, error: try reader.integer(), offset: offset)
            }
        }.flatMap { $0 }
        return Answer(error: try reader.integer(), places: places)
    }
}
