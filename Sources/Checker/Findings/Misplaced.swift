/// Events with a copy and an acked position in this log, of which no copy stands at such a position, and of whose
/// acked positions retention has passed none.
///
/// Counterexample to "some acked position holds no copy": an event acked twice, at 3 and at 8, with a copy at 8 only
/// is not misplaced (whether the one at 3 is missed is another question). And if retention has passed 3, an event
/// acked at 3 and at 8 whose only copy stands at 9 is not, either: the copy at 3 may have been right.
struct Misplaced {
    private let evidence: Evidence
    private let state: LogState
    private(set) var count = 0
    private(set) var examples = FirstHundred<Int>()

    init(_ evidence: Evidence, _ state: LogState) { (self.evidence, self.state) = (evidence, state) }

    /// Takes events that have a copy.
    @inline(__always) mutating func take(_ slot: Int) {
        if !state.has(LogState.Flags.complex, slot) {
            let link = evidence.events.links.base[slot]
            if link == Events.noPosition || link == state.firstCopies.base[slot] { return }
        }
        look(slot)
    }

    private mutating func look(_ slot: Int) {
        let more = state.extraCopies(slot)
        let first = state.firstCopies[slot]
        var (any, hit, passed) = (false, false, false)
        evidence.forEachAckedPosition(slot, in: state.plan.index) { position in
            any = true
            hit = hit || position == first || contains(more, position)
            passed = passed || evidence.retentionPassed(position)
        }
        guard any, !hit, !passed else { return }
        count += 1
        examples.offer(slot)
    }

    private func contains(_ copies: ArraySlice<(slot: UInt32, position: UInt32)>, _ position: UInt32) -> Bool {
        var (low, high) = (copies.startIndex, copies.endIndex)
        while low < high {
            let middle = (low + high) / 2
            if copies[middle].position < position { low = middle + 1 } else { high = middle }
        }
        return low < copies.endIndex && copies[low].position == position
    }
}
