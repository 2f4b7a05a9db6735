/// Memory for one number of each event or position, made once: fresh memory costs more than most of the work in it.
final class Scratch {
    /// Free for whoever is at work.
    let values: Column<Int64>
    /// `t` of the outcomes `acked` of simple events, ascending once `keepAcks` was called; so many are there.
    let acks: Column<Int64>
    private(set) var ackCount = 0

    init(count: Int) {
        values = Column(uninitialized: count)
        acks = Column(uninitialized: count)
    }

    /// Sorts and keeps the first `count` of `acks`; overwrites `values`.
    func keepAcks(_ count: Int) {
        ackCount = count
        RadixSort.sort(acks, count: count, scratch: values)
    }
}
