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

    /// When everything is known of deliveries and of what the group went past; to be asked if it skipped anything.
    mutating func finish() {
        guard state.plan.readCommitted, !evidence.transactions.all.isEmpty else { return }
        var looked: Set<UInt32> = []
        state.forEachDelivered { slot in
            guard state.log.has(LogState.Flags.complex, slot) else { return }
            let attempts = evidence.attempts
            for attempt in attempts.attempts[attempts.range(Int(evidence.events.links[slot]))] where isPart(attempt) {
                if looked.insert(attempt.transaction).inserted { look(attempt.transaction) }
            }
        }
    }

    /// An attempt to the group's log, not failed, in a committed transaction.
    private func isPart(_ attempt: Attempt) -> Bool {
        Int(attempt.log) == state.log.plan.index && attempt.result != .failed
            && evidence.attempts.transaction(attempt)?.state == .committed
    }

    private mutating func look(_ transaction: UInt32) {
        let attempts = evidence.attempts.attempts
        for index in evidence.attempts.inTransaction(transaction) {
            let attempt = attempts[Int(index)]
            guard isPart(attempt), state.isSkipped(Int(attempt.event)) else { continue }
            torn += 1
            tornExamples.offer(evidence.history.names[evidence.transactions.all[Int(transaction)].id])
            return
        }
    }
}
