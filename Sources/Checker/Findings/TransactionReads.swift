import History

/// What a group with `read_committed` must not have been handed: intact deliveries of events whose attempts to its log
/// are all aborted, or come before anybody asked for the end of any of their transactions; and committed transactions of
/// which it was handed some events while it went past another.
///
/// Counterexample to "delivered before its transaction committed": the record of the commit is written when the
/// client hears of it, and a consumer may rightly hear earlier. Only what comes before the end was asked for is early.
struct TransactionReads {
    private let evidence: Evidence
    private let state: GroupState
    private(set) var aborted = 0
    private(set) var early = 0
    private(set) var torn = 0
    private(set) var abortedExamples = FirstHundred<Int>()
    private(set) var earlyExamples = FirstHundred<Int>()
    private(set) var tornExamples = FirstHundred<Name>()

    init(_ evidence: Evidence, _ state: GroupState) { (self.evidence, self.state) = (evidence, state) }

    /// Takes each intact delivery of an event with transactions, or several attempts.
    mutating func take(_ slot: Int, t: Int64) {
        guard state.plan.readCommitted, let complex = state.log.complexState(slot) else { return }
        if complex.allAborted {
            aborted += 1
            abortedExamples.offer(slot)
        }
        if t < complex.begun {
            early += 1
            earlyExamples.offer(slot)
        }
    }

    /// When everything is known of deliveries and of what the group went past.
    mutating func finish() {
        let transactions = evidence.transactions.all
        guard state.plan.readCommitted, !transactions.isEmpty else { return }
        var seen = [UInt8](repeating: 0, count: transactions.count)
        for attempt in evidence.attempts.attempts
        where Int(attempt.log) == state.log.plan.index && attempt.transaction != TransactionTable.none {
            let place = Int(attempt.transaction)
            guard transactions[place].state == .committed, attempt.result != .failed else { continue }
            let slot = Int(attempt.event)
            if state.has(GroupState.Event.delivered, slot) {
                seen[place] |= 1
            } else if state.isSkipped(slot) {
                seen[place] |= 2
            }
        }
        for (place, seen) in seen.enumerated() where seen == 3 {
            torn += 1
            tornExamples.offer(evidence.history.names[transactions[place].id])
        }
    }
}
