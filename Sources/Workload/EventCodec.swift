import CChecksum

/// How an event is written as one value of a broker, and read back.
///
/// ```
///  0  u8[4] "HFE1"
///  4  u32   payload length
///  8  u64   run (`EventCodec.runNumber`)
/// 16  i64   agent
/// 24  i64   seq
/// 32  i64   intended, nanoseconds from the trial's start
/// 40  u8    kind, then three zero bytes
/// 44  u32   CRC-32C of the event: of bytes 0 to 7, 16 to 43, and the payload
/// 48  u32   CRC-32C of bytes 0 to 47
/// 52        payload
/// ```
/// All numbers are little-endian. The second checksum is what makes the identity trustworthy by itself: with a damaged
/// header nobody can say whose event it was, so it cannot be read; with a damaged payload it is that event with
/// another checksum. Every single byte of a value is under one of the two. The first leaves the run out, so that the same
/// seed gives the same events with the same checksums, run after run; whose run an event is of is read by itself.
public struct EventCodec: Sendable {
    /// Bytes of a value beyond its payload.
    public static let headerLength = 52

    static let magic: UInt32 = 0x3145_4648
    /// The pool wraps: a payload may start anywhere in its first `poolLength` bytes.
    static let poolLength = 1 << 16

    public let run: UInt64
    private let pool: [UInt8]

    /// - Parameter longest: the longest payload that will be written.
    public init(run: String, seed: UInt64, longest: Int) {
        self.run = Self.runNumber(run)
        pool = PayloadPool.text(seed: seed, length: Self.poolLength + longest)
    }

    /// What a value carries for the run's name: FNV-1a of its UTF-8 bytes, with 64 bits.
    public static func runNumber(_ name: String) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return hash
    }

    public static func length(of event: PlannedEvent) -> Int { headerLength + Int(event.payloadLength) }

    /// Writes the value of `event` to the beginning of `buffer`, which must have `length(of:)` bytes, and returns the
    /// checksum that its attempts carry in the history.
    /// - Parameter intended: nanoseconds from the trial's start.
    public func encode(_ event: PlannedEvent, intended: Int64, into buffer: UnsafeMutableRawBufferPointer) -> UInt32 {
        let payload = Int(event.payloadLength)
        precondition(buffer.count >= Self.headerLength + payload, "a value needs more room than it was given")
        precondition(payload <= pool.count - Self.poolLength, "a payload is longer than announced")
        buffer.storeBytes(of: Self.magic.littleEndian, toByteOffset: 0, as: UInt32.self)
        buffer.storeBytes(of: UInt32(payload).littleEndian, toByteOffset: 4, as: UInt32.self)
        buffer.storeBytes(of: run.littleEndian, toByteOffset: 8, as: UInt64.self)
        buffer.storeBytes(of: event.agent.littleEndian, toByteOffset: 16, as: Int64.self)
        buffer.storeBytes(of: event.seq.littleEndian, toByteOffset: 24, as: Int64.self)
        buffer.storeBytes(of: intended.littleEndian, toByteOffset: 32, as: Int64.self)
        buffer.storeBytes(of: UInt32(event.kind.rawValue).littleEndian, toByteOffset: 40, as: UInt32.self)
        let start = Self.poolStart(agent: event.agent, seq: event.seq)
        pool.withUnsafeBytes { bytes in
            UnsafeMutableRawBufferPointer(rebasing: buffer[Self.headerLength...])
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[start..<start + payload]))
        }
        let value = UnsafeRawBufferPointer(rebasing: buffer[..<(Self.headerLength + payload)])
        let crc = Self.checksum(of: value)
        buffer.storeBytes(of: crc.littleEndian, toByteOffset: 44, as: UInt32.self)
        let header = holdfast_crc32c(0, value.baseAddress, 48)
        buffer.storeBytes(of: header.littleEndian, toByteOffset: 48, as: UInt32.self)
        return crc
    }

    /// Reads a value back; nil if it cannot be read as an event at all.
    public static func decode(_ value: UnsafeRawBufferPointer) -> DecodedEvent? {
        guard value.count >= headerLength else { return nil }
        func number<T: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, _: T.Type) -> T {
            T(littleEndian: value.loadUnaligned(fromByteOffset: offset, as: T.self))
        }
        guard number(0, UInt32.self) == magic, number(48, UInt32.self) == holdfast_crc32c(0, value.baseAddress, 48),
            Int(number(4, UInt32.self)) == value.count - headerLength
        else { return nil }
        let word = number(40, UInt32.self)
        let (agent, seq) = (number(16, Int64.self), number(24, Int64.self))
        guard let kind = UInt8(exactly: word).flatMap(EventKind.init(rawValue:)), agent >= 0, seq >= 0
        else { return nil }
        let crc = checksum(of: value)
        return DecodedEvent(
            run: number(8, UInt64.self), agent: agent, seq: seq, intended: number(32, Int64.self), kind: kind, crc: crc,
            intact: crc == number(44, UInt32.self), payloadLength: value.count - headerLength)
    }

    public static func decode(_ value: [UInt8]) -> DecodedEvent? {
        value.withUnsafeBytes { decode($0) }
    }

    private static func checksum(of value: UnsafeRawBufferPointer) -> UInt32 {
        let head = UnsafeRawBufferPointer(rebasing: value[..<8])
        let rest = UnsafeRawBufferPointer(rebasing: value[16..<44])
        let identity = holdfast_crc32c(holdfast_crc32c(0, head.baseAddress, 8), rest.baseAddress, 28)
        let payload = UnsafeRawBufferPointer(rebasing: value[headerLength...])
        return holdfast_crc32c(identity, payload.baseAddress, payload.count)
    }

    private static func poolStart(agent: Int64, seq: Int64) -> Int {
        let mixed = SplitMix64.mix(UInt64(bitPattern: agent) &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(bitPattern: seq))
        return Int(truncatingIfNeeded: mixed) & (poolLength - 1)
    }
}

/// A value that could be read.
public struct DecodedEvent: Equatable, Sendable, BitwiseCopyable {
    /// `EventCodec.runNumber` of the run's name.
    public var run: UInt64
    public var agent: Int64
    public var seq: Int64
    public var intended: Int64
    public var kind: EventKind
    /// CRC-32C of identity and payload, computed from the bytes as they are: what replays and deliveries record.
    public var crc: UInt32
    /// Whether that is also what the value itself says.
    public var intact: Bool
    public var payloadLength: Int
}

/// Printable text that looks like what agents send, from the seed.
enum PayloadPool {
    private static let tools = ["search", "execute", "query", "fetch", "summarize", "plan", "embed", "rank"]
    private static let fields = ["tool", "arguments", "result", "memory", "state", "score", "context", "trace"]

    static func text(seed: UInt64, length: Int) -> [UInt8] {
        var random = SplitMix64(seed: seed, purpose: .pool)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(length + 128)
        while bytes.count < length {
            bytes.append(contentsOf: #"{"tool":""#.utf8)
            bytes.append(contentsOf: tools[random.below(tools.count)].utf8)
            for _ in 0..<(2 + random.below(4)) {
                bytes.append(contentsOf: #"",""#.utf8)
                bytes.append(contentsOf: fields[random.below(fields.count)].utf8)
                bytes.append(contentsOf: #"":""#.utf8)
                for _ in 0..<(1 + random.below(6)) { append(word: random.next(), to: &bytes) }
            }
            bytes.append(contentsOf: #""}"#.utf8)
        }
        bytes.removeLast(bytes.count - length)
        return bytes
    }

    /// Ten letters and digits, 6 bits each.
    private static func append(word: UInt64, to bytes: inout [UInt8]) {
        var rest = word
        for _ in 0..<10 {
            let six = UInt8(truncatingIfNeeded: rest & 63)
            rest >>= 6
            bytes.append(
                six < 26 ? 97 + six : six < 52 ? 65 + six - 26 : six < 62 ? 48 + six - 52 : six == 62 ? 32 : 46)
        }
    }
}
