/// Why an answer cannot be read.
struct KafkaMalformed: Error, Equatable {
    var text: String
}

/// The bytes of an answer. Every length is checked against what is there: whoever is at the other end may say anything.
struct KafkaReader {
    private let bytes: [UInt8]
    private var place: Int

    init(_ bytes: [UInt8]) { (self.bytes, place) = (bytes, 0) }

    var remaining: Int { bytes.count - place }

    mutating func integer<Number: FixedWidthInteger>(_: Number.Type = Number.self) throws(KafkaMalformed) -> Number {
        let count = Number.bitWidth / 8
        guard remaining >= count else { throw ended("a number of \(count) bytes") }
        defer { place += count }
        return bytes.withUnsafeBytes { Number(bigEndian: $0.loadUnaligned(fromByteOffset: place, as: Number.self)) }
    }

    mutating func boolean() throws(KafkaMalformed) -> Bool { try integer(UInt8.self) != 0 }

    mutating func skip(_ count: Int) throws(KafkaMalformed) {
        guard count >= 0, remaining >= count else { throw ended("\(count) bytes") }
        place += count
    }

    /// A string of the encodings before the flexible ones; nil where its length is -1.
    mutating func optionalString() throws(KafkaMalformed) -> String? {
        let length = Int(try integer(Int16.self))
        return length == -1 ? nil : try text(length)
    }

    mutating func string() throws(KafkaMalformed) -> String {
        guard let value = try optionalString() else { throw KafkaMalformed(text: "a string is missing at \(place)") }
        return value
    }

    private mutating func text(_ length: Int) throws(KafkaMalformed) -> String {
        guard length >= 0, remaining >= length else { throw ended("a string of \(length) bytes") }
        defer { place += length }
        return String(decoding: bytes[place..<(place + length)], as: UTF8.self)
    }

    /// A list; one that is absent counts as empty.
    mutating func list<Item>(
        _ each: (inout KafkaReader) throws(KafkaMalformed) -> Item
    ) throws(KafkaMalformed) -> [Item] {
        let count = Int(try integer(Int32.self))
        return try items(count == -1 ? 0 : count, each)
    }

    private mutating func items<Item>(
        _ count: Int, _ each: (inout KafkaReader) throws(KafkaMalformed) -> Item
    ) throws(KafkaMalformed) -> [Item] {
        // Nothing that is listed takes less than a byte: no room is made for what cannot be there.
        guard count >= 0, count <= remaining else { throw ended("a list of \(count)") }
        var items: [Item] = []
        items.reserveCapacity(count)
        for _ in 0..<count { items.append(try each(&self)) }
        return items
    }

    mutating func numbers() throws(KafkaMalformed) -> [Int32] {
        try list { reader throws(KafkaMalformed) in try reader.integer() }
    }

    // MARK: Flexible encodings

    mutating func unsignedVarint() throws(KafkaMalformed) -> Int {
        var value: UInt32 = 0
        for shift in stride(from: 0, to: 35, by: 7) {
            let byte = try integer(UInt8.self)
            // The fifth byte has room for four more bits.
            if shift == 28, byte > 0x0F { break }
            value |= UInt32(byte & 0x7F) << shift
            if byte < 0x80 { return Int(value) }
        }
        throw KafkaMalformed(text: "a number of variable length has no end at \(place)")
    }

    mutating func compactString() throws(KafkaMalformed) -> String? {
        let length = try unsignedVarint()
        return length == 0 ? nil : try text(length - 1)
    }

    mutating func compactList<Item>(
        _ each: (inout KafkaReader) throws(KafkaMalformed) -> Item
    ) throws(KafkaMalformed) -> [Item] {
        let count = try unsignedVarint()
        return try items(max(0, count - 1), each)
    }

    mutating func compactNumbers() throws(KafkaMalformed) -> [Int32] {
        try compactList { reader throws(KafkaMalformed) in try reader.integer() }
    }

    mutating func skipTags() throws(KafkaMalformed) {
        let count = try unsignedVarint()
        guard count <= remaining else { throw ended("\(count) tagged fields") }
        for _ in 0..<count {
            _ = try unsignedVarint()
            try skip(try unsignedVarint())
        }
    }

    private func ended(_ what: String) -> KafkaMalformed {
        KafkaMalformed(text: "\(what) at byte \(place) of an answer of \(bytes.count)")
    }
}
