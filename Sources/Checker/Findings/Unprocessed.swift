/// Of a group that keeps `processed` records: events delivered intact, past which it went, without such a record at
/// any position at which they were delivered intact.
///
/// Counterexample to "no record by the consumer that acked it": the record may come late, or from another consumer that
/// was handed the event again; any one of them will do.
struct Unprocessed {
    private let state: GroupState
    private(set) var count = 0
    private(set) var examples = FirstHundred<Int>()

    init(_ state: GroupState) { self.state = state }

    /// Where events were delivered intact; when all `processed` records are known.
    func take(_ intact: [(slot: UInt32, position: UInt32)]) {
        for delivery in intact where state.marks(delivery.position) & GroupState.Mark.processed != 0 {
            state.set(GroupState.Event.processed, event: Int(delivery.slot))
        }
    }

    /// Takes events that were delivered intact.
    mutating func take(_ slot: Int) {
        guard state.plan.processing, !state.has(GroupState.Event.processed, slot), state.log.isThere(slot),
            state.isPast(slot)
        else { return }
        count += 1
        examples.offer(slot)
    }
}
