/// Events acked or unknown, with a copy, that the group was never handed intact: *skipped* if it went past them, else
/// *behind*; and expired events that it never saw (*expired unseen*).
///
/// Counterexample to "its first copy lies before what was passed": see `GroupState.isPast`. And a corrupted delivery
/// is none: an event that was only ever handed over damaged is undelivered.
struct Undelivered {
    private let state: GroupState
    private(set) var figures = Verdict.GroupFigures.Undelivered()
    private(set) var expiredUnseen = 0
    private(set) var skippedExamples = FirstHundred<Int>()
    private(set) var behindExamples = FirstHundred<Int>()
    private(set) var unseenExamples = FirstHundred<Int>()

    init(_ state: GroupState) { self.state = state }

    /// Takes events that were never delivered intact.
    mutating func take(_ slot: Int) {
        if state.log.has(LogState.Flags.expired, slot) {
            expiredUnseen += 1
            unseenExamples.offer(slot)
        }
        guard state.isExpectedHere(slot) else { return }
        if state.isPast(slot) {
            figures.skipped += 1
            skippedExamples.offer(slot)
        } else {
            figures.behind += 1
            behindExamples.offer(slot)
        }
    }
}
