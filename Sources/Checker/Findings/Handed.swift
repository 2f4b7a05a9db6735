import History

/// What a group was handed and the log does not have there.
///
/// *Vanished*: events delivered intact, without a copy, not expired: someone acted on what never happened. *Moved*:
/// intact deliveries of events that have a copy, at a position that no pass has and retention has not passed.
///
/// Counterexamples: an event that retention took after it was delivered did happen, so it is not vanished, though it
/// may not be acked and so not expired, either (all its intact deliveries lie below what is left). A group that reads
/// uncommitted may be handed what is then aborted: that is what it asked for.
struct Handed {
    private let evidence: Evidence
    private let state: GroupState
    private(set) var vanished = 0
    private(set) var moved = 0
    private(set) var vanishedExamples = FirstHundred<Int>()
    private(set) var movedExamples = FirstHundred<Int>()

    init(_ evidence: Evidence, _ state: GroupState) { (self.evidence, self.state) = (evidence, state) }

    /// Takes intact deliveries of events without a copy, or at positions that no pass has.
    mutating func take(_ slot: Int, _ number: UInt32, copied: Bool) {
        if evidence.retentionPassed(number) { return }
        if !copied { return state.set(GroupState.Event.standing, event: slot) }
        if readUncommitted(slot) { return }
        moved += 1
        movedExamples.offer(slot)
    }

    /// Takes each event that was delivered intact and has no copy.
    mutating func finish(_ slot: Int) {
        guard !state.log.has(LogState.Flags.expired, slot), state.has(GroupState.Event.standing, slot) else { return }
        if readUncommitted(slot) || state.log.complexState(slot)?.allAborted ?? false { return }
        vanished += 1
        vanishedExamples.offer(slot)
    }

    private func readUncommitted(_ slot: Int) -> Bool {
        !state.plan.readCommitted && state.log.complexState(slot)?.uncommitted ?? false
    }
}
