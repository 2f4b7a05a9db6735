import CChecksum

/// Produce v3 of one small record: a probe, never an event.
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
                writer.blob(Self.batch(value))
            }
        }
    }

    /// A batch of one record, of the format that brokers have kept since 0.11.
    static func batch(_ value: [UInt8]) -> [UInt8] {
        var record = KafkaWriter()
        record.integer(Int8(0))
        record.varint(0)
        record.varint(0)
        // A key of its own: topics that are compacted take nothing without.
        record.varint(Int64(value.count))
        record.raw(value)
        record.varint(Int64(value.count))
        record.raw(value)
        record.varint(0)

        // What the checksum covers: from the attributes on.
        var covered = KafkaWriter()
        covered.integer(Int16(0))
        covered.integer(Int32(0))
        // Both time stamps: none.
        covered.integer(Int64(-1))
        covered.integer(Int64(-1))
        // No producer id, epoch or sequence.
        covered.integer(Int64(-1))
        covered.integer(Int16(-1))
        covered.integer(Int32(-1))
        covered.integer(Int32(1))
        covered.varint(Int64(record.bytes.count))
        covered.raw(record.bytes)

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
