/// How far a group was behind: the most events at one moment that were acked and not yet delivered to it, and the
/// longest time from ack to first intact delivery.
///
/// An event waits from the moment of its ack up to, not including, that of its first intact delivery; one that was
/// delivered before its ack was known never waits. Counterexample to counting both in the order of time with
/// deliveries last: acked at 2 and at 5, the first delivered at 5: at no moment do two events wait.
struct Lag {
    /// When events were acked, of the events that a log expects: the same for each of its groups.
    struct Starts {
        /// Both ascending. Where a log takes all simple events, these need no copying.
        fileprivate let many: Column<Int64>
        fileprivate let manyCount: Int
        fileprivate let few: [Int64]

        init(_ log: LogState, _ scratch: Scratch) {
            let (events, evidence) = (log.evidence.events, log.evidence)
            if log.plan.kinds == nil, evidence.logs.isInScope(0, of: log.plan) {
                (many, manyCount, few) = (scratch.acks, scratch.ackCount, Starts.complexAcks(log))
                return
            }
            var acks: [Int64] = []
            for slot in 0..<events.count where log.isAckedHere(slot) { acks.append(events.ackTimes.base[slot]) }
            (many, manyCount, few) = (Column(uninitialized: acks.count), acks.count, [])
            for (place, ack) in acks.enumerated() { many.base[place] = ack }
            RadixSort.sort(many, count: manyCount, scratch: Column(uninitialized: manyCount))
        }

        private static func complexAcks(_ log: LogState) -> [Int64] {
            let attempts = log.evidence.attempts
            var acks: [Int64] = []
            for place in 0..<attempts.eventCount {
                let slot = Int(attempts.attempts[attempts.starts[place]].event)
                if log.isAckedHere(slot) { acks.append(log.evidence.events.ackTimes[slot]) }
            }
            return acks.sorted()
        }
    }

    private let state: GroupState
    private let scratch: Scratch
    /// Waits that ended with a delivery are in the scratch, in order; those that never were, in the eyes of the ack, end
    /// with it.
    private var ends = 0
    private var lateEnds: [Int64] = []
    private(set) var longest: Int64 = 0

    init(_ state: GroupState, _ scratch: Scratch) { (self.state, self.scratch) = (state, scratch) }

    /// Takes first intact deliveries, of one event each, in the order of time: so the ends of waits come sorted.
    @inline(__always) mutating func take(_ slot: Int, at time: Int64) {
        guard state.log.isAckedHere(slot) else {
            longest = max(longest, time.minus(state.log.firstAttempt(slot)))
            return
        }
        let ack = state.evidence.events.ackTimes.base[slot]
        if time < ack { return lateEnds.append(ack) }
        scratch.values.base[ends] = time
        ends += 1
        longest = max(longest, time.minus(ack))
    }

    /// The most events that waited at one moment: it is reached just before the end of a wait, or after all.
    func most(_ starts: Starts) -> Int {
        let (ended, late) = (scratch.values.base, lateEnds.sorted())
        let endsMax = ends + late.count
        return starts.few.withUnsafeBufferPointer { few in
            var (many, others, most, a, b) = (0, 0, 0, 0, 0)
            for end in 0..<endsMax {
                let takesLate = a == ends || (b < late.count && late[b] < ended[a])
                let time = takesLate ? late[b] : ended[a]
                if takesLate { b += 1 } else { a += 1 }
                let times = UnsafeBufferPointer(start: starts.many.base, count: starts.manyCount)
                many = gallop(times, from: many, below: time)
                others = gallop(few, from: others, below: time)
                most = max(most, many + others - end)
            }
            return max(most, starts.manyCount + few.count - endsMax)
        }
    }

    /// The first index at or after `from` whose time is not below `limit`.
    @inline(__always)
    private func gallop(_ times: UnsafeBufferPointer<Int64>, from: Int, below limit: Int64) -> Int {
        var (low, step) = (from, 1)
        while low + step <= times.count && times[low + step - 1] < limit {
            low += step
            step <<= 1
        }
        var high = min(low + step, times.count)
        while low < high {
            let middle = (low + high) / 2
            if times[middle] < limit { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
