/// A question of the control plane to a broker or controller, and how its answer reads.
///
/// Pure: bytes in, bytes out. `KafkaConnection` sends and waits; who does not wait uses `frame`, `KafkaFrames` and
/// `answer` by itself.
protocol KafkaRequest {
    associatedtype Answer

    static var key: Int16 { get }
    static var version: Int16 { get }
    /// Whether this version uses the flexible encoding (its headers have tagged fields).
    static var isFlexible: Bool { get }
    /// Whether its answer's header does, too.
    static var hasFlexibleAnswer: Bool { get }
    func write(into writer: inout KafkaWriter)
    func read(_ reader: inout KafkaReader) throws(KafkaMalformed) -> Answer
}

extension KafkaRequest {
    static var isFlexible: Bool { false }
    static var hasFlexibleAnswer: Bool { isFlexible }

    /// The whole request as it is sent, its own length first.
    func frame(correlation: Int32) -> [UInt8] {
        var body = KafkaWriter()
        body.integer(Self.key)
        body.integer(Self.version)
        body.integer(correlation)
        body.string("holdfast")
        if Self.isFlexible { body.noTags() }
        write(into: &body)
        var frame = KafkaWriter()
        frame.blob(body.bytes)
        return frame.bytes
    }

    /// What an answer says: the bytes behind its length. What a newer broker adds at the end is left aside.
    func answer(_ bytes: [UInt8], correlation: Int32) throws(KafkaMalformed) -> Answer {
        var reader = KafkaReader(bytes)
        let number = try reader.integer(Int32.self)
        guard number == correlation else {
            throw KafkaMalformed(text: "an answer to request \(number) came, not to \(correlation)")
        }
        if Self.hasFlexibleAnswer { try reader.skipTags() }
        return try read(&reader)
    }
}

/// Takes a broker's bytes as they come and gives back whole answers.
struct KafkaFrames {
    private var bytes: [UInt8] = []
    private var begin = 0

    mutating func feed(_ more: UnsafeRawBufferPointer) {
        if begin > 0 {
            bytes.removeFirst(begin)
            begin = 0
        }
        bytes.append(contentsOf: more)
    }

    /// The next whole answer without its length; nil if its end is still to come.
    mutating func next() throws(KafkaMalformed) -> [UInt8]? {
        guard bytes.count - begin >= 4 else { return nil }
        let start = begin
        let length = bytes.withUnsafeBytes {
            Int(Int32(bigEndian: $0.loadUnaligned(fromByteOffset: start, as: Int32.self)))
        }
        guard (4...SystemLimits.kafkaAnswerBytes).contains(length) else {
            throw KafkaMalformed(text: "an answer of \(length) bytes was announced")
        }
        guard bytes.count - begin >= 4 + length else { return nil }
        defer { begin += 4 + length }
        return Array(bytes[(begin + 4)..<(begin + 4 + length)])
    }
}
