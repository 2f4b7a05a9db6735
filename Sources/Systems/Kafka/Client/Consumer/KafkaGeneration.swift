import CRDKafka

/// Of which generation of its group a consumer is a member: each rebalance makes another (in the new protocol: its
/// member epoch).
enum KafkaGeneration {
    /// How the library writes a member's place down; the number follows.
    private static let magic = Array("CGMDv2:".utf8)

    /// Nil where the library does not say.
    static func of(_ instance: KafkaInstance) -> Int32? {
        guard let metadata = rd_kafka_consumer_group_metadata(instance.handle) else { return nil }
        defer { rd_kafka_consumer_group_metadata_destroy(metadata) }
        var buffer: UnsafeMutableRawPointer?
        var size = 0
        if let error = rd_kafka_consumer_group_metadata_write(metadata, &buffer, &size) {
            rd_kafka_error_destroy(error)
            return nil
        }
        guard let buffer else { return nil }
        defer { rd_kafka_mem_free(nil, buffer) }
        let bytes = UnsafeRawBufferPointer(start: buffer, count: size)
        guard bytes.count >= magic.count + 4, bytes.prefix(magic.count).elementsEqual(magic) else { return nil }
        return bytes.loadUnaligned(fromByteOffset: magic.count, as: Int32.self)
    }
}
