/// The bytes of a request, in Kafka's own encoding: big endian, lengths before what they count.
struct KafkaWriter {
    private(set) var bytes: [UInt8] = []

    mutating func integer<Number: FixedWidthInteger>(_ value: Number) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func boolean(_ value: Bool) { bytes.append(value ? 1 : 0) }

    mutating func raw(_ value: [UInt8]) { bytes.append(contentsOf: value) }

    /// A string of the encodings before the flexible ones; nil has the length -1.
    mutating func string(_ value: String?) {
        guard let value else { return integer(Int16(-1)) }
        let text = value.utf8
        precondition(text.count <= Int16.max, "a string of \(text.count) bytes does not fit into a request")
        integer(Int16(text.count))
        bytes.append(contentsOf: text)
    }

    /// Bytes with a length of four; nil has the length -1.
    mutating func blob(_ value: [UInt8]?) {
        guard let value else { return integer(Int32(-1)) }
        integer(Int32(value.count))
        bytes.append(contentsOf: value)
    }

    mutating func list<Item>(_ items: [Item], _ each: (inout KafkaWriter, Item) -> Void) {
        integer(Int32(items.count))
        for item in items { each(&self, item) }
    }

    // MARK: Flexible encodings

    mutating func unsignedVarint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// Zigzag, as in records.
    mutating func varint(_ value: Int64) {
        unsignedVarint(UInt64(bitPattern: value << 1) ^ UInt64(bitPattern: value >> 63))
    }

    mutating func compactString(_ value: String) {
        unsignedVarint(UInt64(value.utf8.count) + 1)
        bytes.append(contentsOf: value.utf8)
    }

    mutating func compactList<Item>(_ items: [Item], _ each: (inout KafkaWriter, Item) -> Void) {
        unsignedVarint(UInt64(items.count) + 1)
        for item in items { each(&self, item) }
    }

    /// No tagged fields.
    mutating func noTags() { bytes.append(0) }
}
