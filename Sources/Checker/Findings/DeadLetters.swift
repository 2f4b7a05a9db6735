/// Of a group with dead letters: *poison* events (acked or unknown, with a copy), events *moved* there, and poison events
/// that it was handed and went past without moving them (*missing*).
///
/// Counterexample to "poison and not in the dead letters": one that is pending still, or that retention took there,
/// was not thrown away.
struct DeadLetters {
    private let evidence: Evidence
    private let state: GroupState
    private let copies: DeadCopies
    private(set) var figures = Verdict.GroupFigures.DeadLetters()
    private(set) var poison = FirstHundred<Int>()
    private(set) var moved = FirstHundred<Int>()
    private(set) var missing = FirstHundred<Int>()

    init(_ evidence: Evidence, _ state: GroupState, _ copies: DeadCopies) {
        (self.evidence, self.state, self.copies) = (evidence, state, copies)
    }

    /// Takes the poison events of the group's log, in order.
    mutating func take(poison slots: [UInt32]) {
        figures.poison = slots.count
        for slot in slots.prefix(FirstHundred<Int>.limit) { poison.offer(Int(slot)) }
    }

    /// Takes each event that was delivered intact.
    mutating func take(_ slot: Int) {
        if copies.contains(slot) {
            figures.moved += 1
            moved.offer(slot)
            return
        }
        guard state.log.has(LogState.Flags.poison, slot), state.log.isThere(slot), state.isPast(slot),
            !isExpiredThere(slot)
        else { return }
        figures.missing += 1
        missing.offer(slot)
    }

    private func isExpiredThere(_ slot: Int) -> Bool {
        Diverged.expects(slot, evidence, copies.plan) && evidence.status(slot, in: copies.plan) == .acked
            && Lost.isExpired(slot, in: copies.plan, evidence)
    }
}

/// Which events have a copy in a log of dead letters.
struct DeadCopies {
    let plan: LogPlan
    private let copied: Column<Bool>

    init(_ evidence: Evidence, _ plan: LogPlan) {
        self.plan = plan
        copied = Column(repeating: false, count: evidence.events.count)
        let positions = evidence.positions
        for stream in plan.streams {
            for number in positions.span(stream) {
                let what = positions.whats[number]
                if what & PositionTable.special == 0 {
                    take(Int(what), evidence)
                } else {
                    for content in positions.specialContents(what) {
                        let slot = evidence.reader.claimed(content)
                        if slot >= 0, evidence.events.crcs[slot] == content.crc { take(slot, evidence) }
                    }
                }
            }
        }
    }

    private func take(_ slot: Int, _ evidence: Evidence) {
        guard Diverged.expects(slot, evidence, plan), evidence.status(slot, in: plan) != .none else { return }
        copied[slot] = true
    }

    func contains(_ slot: Int) -> Bool { copied[slot] }
}
