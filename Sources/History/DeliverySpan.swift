/// An `ack` or a `processed` of each of several deliveries one after the other, in one record of a shard. It is on disk
/// only; whoever reads a shard gets one record for each delivery, in their order.
///
/// ```
///  0  u32  checksum
///  4  u8   13
///  5  u8   what it stands for: 8 (ack) or 10 (processed)
///  6  u16  group: that of the deliveries
///  8  i64  t
/// 16  u64  number of the first delivery
/// 24  u64  how many; at least 1
/// 32       zeros
/// 60  u32  consumer
/// ```
/// A shard's deliveries are numbered 0, 1, 2, … in their order in it, paired or not.
struct DeliverySpan: BitwiseCopyable {
    var checksum: UInt32 = 0
    var rawType = ShardFormat.spanType
    var rawMeaning: UInt8
    var group: UInt16
    var t: Int64
    var start: UInt64
    var count: UInt64
    var zeros: (UInt64, UInt64, UInt64, UInt32) = (0, 0, 0, 0)
    var consumer: UInt32

    /// - Parameter deliveries: at least one.
    init(_ type: RecordType, t: Int64, group: UInt16, consumer: UInt32, deliveries: Range<Int64>) {
        (rawMeaning, self.t, self.group, self.consumer) = (type.rawValue, t, group, consumer)
        (start, count) = (UInt64(deliveries.lowerBound), UInt64(deliveries.count))
    }

    /// Nil if it stands for nothing that a writer writes.
    var meaning: RecordType? {
        let type = RecordType(rawValue: rawMeaning)
        return type == .ack || type == .processed ? type : nil
    }

    /// Of that many deliveries those that it speaks of; nil if it speaks of others, or of none.
    func deliveries(of known: Int) -> Range<Int>? {
        let (end, over) = start.addingReportingOverflow(count)
        guard count > 0, !over, end <= UInt64(known) else { return nil }
        return Int(start)..<Int(end)
    }
}
