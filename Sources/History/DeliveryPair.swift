/// Two deliveries in one record of a shard: of this run, to the same consumer, of the same stream, at the same time.
/// It is on disk only; whoever reads a shard gets the two.
///
/// ```
///  0  u32  checksum
///  4  u8   12
///  5  u8   0
///  6  u16  group
///  8  i64  t
/// 16  u32  stream
/// 20  u32  consumer
/// 24  u64  the first's position.major
/// 32  u64  the first's position.minor
/// 40  u16  agent of the first
/// 42  u16  agent of the second
/// 44  u32  seq of the first
/// 48  u32  crc of the first
/// 52  u32  seq of the second
/// 56  u32  crc of the second
/// 60  u16  the second's position.major, less the first's
/// 62  u16  the second's position.minor; if both have one major, less the first's
/// ```
struct DeliveryPair: BitwiseCopyable {
    var checksum: UInt32 = 0
    var rawType = ShardFormat.pairType
    var zero: UInt8 = 0
    var group: UInt16
    var t: Int64
    var stream: UInt32
    var consumer: UInt32
    var major: UInt64
    var minor: UInt64
    var firstAgent: UInt16
    var secondAgent: UInt16
    var firstSeq: UInt32
    var firstCRC: UInt32
    var secondSeq: UInt32
    var secondCRC: UInt32
    var majorStep: UInt16
    var minorStep: UInt16

    /// Whether a delivery can be half of a pair: of this run, readable, and with small numbers.
    @inline(__always)
    static func admits(_ r: Record) -> Bool {
        r.word == Record.Flags.noRun && r.second == 0 && UInt16(exactly: r.agent) != nil
            && UInt32(exactly: r.seq) != nil
    }

    /// Nil if the two do not go together. Both are such as `admits` allows.
    @inline(__always)
    init?(_ a: Record, _ b: Record) {
        guard a.t == b.t, a.logOrGroup == b.logOrGroup, a.last == b.last, a.stream == b.stream, a.major <= b.major,
            let majorStep = UInt16(exactly: b.major - a.major)
        else { return nil }
        let base = majorStep == 0 ? a.minor : 0
        guard base <= b.minor, let minorStep = UInt16(exactly: b.minor - base) else { return nil }
        (group, t, stream, consumer) = (a.logOrGroup, a.t, a.stream, a.last)
        (major, minor) = (a.major, a.minor)
        (firstAgent, secondAgent) = (UInt16(a.agent), UInt16(b.agent))
        (firstSeq, secondSeq) = (UInt32(a.seq), UInt32(b.seq))
        (firstCRC, secondCRC) = (a.crc, b.crc)
        (self.majorStep, self.minorStep) = (majorStep, minorStep)
    }

    var first: Record {
        delivery(Position(major, minor), agent: firstAgent, seq: firstSeq, crc: firstCRC)
    }

    /// Nil if its position is none.
    var second: Record? {
        let (high, over) = major.addingReportingOverflow(UInt64(majorStep))
        let (low, overLow) = (majorStep == 0 ? minor : 0).addingReportingOverflow(UInt64(minorStep))
        if over || overLow { return nil }
        return delivery(Position(high, low), agent: secondAgent, seq: secondSeq, crc: secondCRC)
    }

    private func delivery(_ position: Position, agent: UInt16, seq: UInt32, crc: UInt32) -> Record {
        .delivery(
            t: t, group: group, consumer: consumer, stream: stream, position: position, run: 0, agent: Int64(agent),
            seq: Int64(seq), crc: crc, flags: Record.Flags.noRun)
    }
}
