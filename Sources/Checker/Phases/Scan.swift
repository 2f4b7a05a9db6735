import CChecksum
import History

/// So many records ahead of the one at hand, its event's memory is asked for.
private let ahead = 12

/// Calls `body` with every record of one type, in file order.
@inline(__always)
func forEach(_ type: RecordType, in views: [View], _ body: (UnsafePointer<Record>, View) -> Void) {
    for view in views where view.mayHave(type) {
        let end = view.records + view.count
        var record = view.records
        while record < end {
            if record.pointee.rawType == type.rawValue { body(record, view) }
            record += 1
        }
    }
}

extension Events {
    /// Asks for what is known of the event of a record some way ahead of this one, which may be any record before `end`.
    @inline(__always)
    func prefetch(
        _ record: UnsafePointer<Record>, before end: UnsafePointer<Record>, times: UnsafeMutablePointer<Int64>?
    ) {
        let next = record + ahead
        if next < end { ask(next, times) }
    }

    /// As `prefetch`, of the first record of a stretch and of those that `prefetch` would have asked for before it.
    func prefetchFirst(
        _ record: UnsafePointer<Record>, before end: UnsafePointer<Record>, times: UnsafeMutablePointer<Int64>?
    ) {
        for next in 0..<min(ahead, end - record) { ask(record + next, times) }
    }

    @inline(__always) private func ask(_ record: UnsafePointer<Record>, _ times: UnsafeMutablePointer<Int64>?) {
        let slot = index.likelySlot(record.pointee.agent, seq: record.pointee.seq)
        holdfast_prefetch(crcs.base.address(slot))
        holdfast_prefetch(ackTimes.base + slot)
        if let times { holdfast_prefetch(times + slot) }
    }
}
