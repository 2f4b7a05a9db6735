import CChecksum

/// Produce v3 of one batch to one partition: probes, never events.
struct KafkaProduceRequest: KafkaRequest {
    static let key: Int16 = 0
    static let version: Int16 = 3

    struct Answer: Equatable {
        var partition: Int32
        var error: Int16
        var offset: Int64
    }

    var topic: String
    var partition: Int32
    var value: [UInt8]
    /// How often the batch has it.
    var count = 1
    /// 1: the leader has it; -1: the whole in-sync set.
    var acks: Int16
    var milliseconds: Int32

    func write(into writer: inout KafkaWriter) {
        writer.string(nil)
        writer.integer(acks)
        writer.integer(milliseconds)
        writer.list([topic]) { writer, topic in
            writer.string(topic)
            writer.list([partition]) { writer, partition in
                writer.integer(partition)
                writer.blob(Self.batch(value, count: count))
            }
        }
    }

    /// A batch of the format that brokers have kept since 0.11.
    static func batch(_ value: [UInt8], count: Int = 1) -> [UInt8] {
        var records = KafkaWriter()
        for index in 0..<count {
            var record = KafkaWriter()
            record.integer(Int8(0))
            record.varint(0)
            record.varint(Int64(index))
            // A key of its own: topics that are compacted take nothing without.
            let key = Array("probe".utf8)
            record.varint(Int64(key.count))
            record.raw(key)
            record.varint(Int64(value.count))
            record.raw(value)
            record.varint(0)
            records.varint(Int64(record.bytes.count))
            records.raw(record.bytes)
        }

        // What the checksum covers: from the attributes on.
        var covered = KafkaWriter()
        covered.integer(Int16(0))
        covered.integer(Int32(count - 1))
        // Both time stamps: none.
        covered.integer(Int64(-1))
        covered.integer(Int64(-1))
        // No producer id, epoch or sequence.
        covered.integer(Int64(-1))
        covered.integer(Int16(-1))
        covered.integer(Int32(-1))
        covered.integer(Int32(count))
        covered.raw(records.bytes)

        let checksum = covered.bytes.withUnsafeBytes { holdfast_crc32c(0, $0.baseAddress, $0.count) }
        var batch = KafkaWriter()
        batch.integer(Int64(0))
        batch.integer(Int32(4 + 1 + 4 + covered.bytes.count))
        batch.integer(Int32(-1))
        batch.integer(Int8(2))
        batch.integer(checksum)
        batch.raw(covered.bytes)
        return batch.bytes
    }

    func read(_ reader: inout KafkaReader) throws(KafkaMalformed) -> Answer {
        let answers = try reader.list { reader throws(KafkaMalformed) in
            _ = try reader.string()
            return try reader.list { reader throws(KafkaMalformed) in
                let answer = Answer(
                    partition: try reader.integer(), error: try reader.integer(), offset: try reader.integer())
                _ = try reader.integer(Int64.self)
                return answer
            }
        }.flatMap { $0 }
        guard answers.count == 1 else { throw KafkaMalformed(text: "\(answers.count) answers to one record") }
        return answers[0]
    }
}
