/// DescribeQuorum v0: who leads the controllers, as one of them (or a broker, by asking one) says.
struct KafkaQuorumRequest: KafkaRequest {
    static let key: Int16 = 55
    static let version: Int16 = 0
    static let isFlexible = true

    struct Answer: Equatable {
        var error: Int16
        /// -1: nobody.
        var leader: Int32
        var epoch: Int32
        /// Where each voter's log ends, by what the leader knows.
        var voters: [Member]
    }

    struct Member: Equatable {
        var id: Int32
        var end: Int64
    }

    func write(into writer: inout KafkaWriter) {
        writer.compactList(["__cluster_metadata"]) { writer, topic in
            writer.compactString(topic)
            writer.compactList([Int32(0)]) { writer, partition in
                writer.integer(partition)
                writer.noTags()
            }
            writer.noTags()
        }
        writer.noTags()
    }

    func read(_ reader: inout KafkaReader) throws(KafkaMalformed) -> Answer {
        let error = try reader.integer(Int16.self)
        let topics = try reader.compactList { reader throws(KafkaMalformed) in
            _ = try reader.compactString()
            let partitions = try reader.compactList { reader throws(KafkaMalformed) in try partition(&reader) }
            try reader.skipTags()
            return partitions
        }
        guard let first = topics.first?.first else {
            return Answer(error: error == 0 ? -1 : error, leader: -1, epoch: -1, voters: [])
        }
        return error == 0 ? first : Answer(error: error, leader: -1, epoch: -1, voters: [])
    }

    private func partition(_ reader: inout KafkaReader) throws(KafkaMalformed) -> Answer {
        _ = try reader.integer(Int32.self)
        let (error, leader, epoch) = (
            try reader.integer(Int16.self), try reader.integer(Int32.self), try reader.integer(Int32.self)
        )
        _ = try reader.integer(Int64.self)
        let voters = try reader.compactList { reader throws(KafkaMalformed) in try member(&reader) }
        _ = try reader.compactList { reader throws(KafkaMalformed) in try member(&reader) }
        try reader.skipTags()
        return Answer(error: error, leader: leader, epoch: epoch, voters: voters)
    }

    private func member(_ reader: inout KafkaReader) throws(KafkaMalformed) -> Member {
        let member = Member(id: try reader.integer(), end: try reader.integer())
        try reader.skipTags()
        return member
    }
}
