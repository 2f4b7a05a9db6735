import History

/// *Torn*: transactions, committed or unknown, of which some events have a copy in the log that the attempt went to
/// and others do not. *Leaked*: aborted ones with such an event at all.
///
/// Counterexample to "some are there and some are not": a transaction of events 0 and 1, where 1 was sent again
/// outside of it and acked. Its copy may be that of the other attempt, and so says nothing of the transaction: event
/// 1 is left aside, and 0 alone cannot be torn. So is an event that retention may have taken, and one of a kind that
/// the log does not expect.
struct TornTransactions {
    private struct Seen: BitwiseCopyable {
        var copied = false
        var missing = false
    }

    private let evidence: Evidence
    private let seen: Column<Seen>

    init(_ evidence: Evidence) {
        self.evidence = evidence
        seen = Column(repeating: Seen(), count: evidence.transactions.all.count)
    }

    /// Takes the attempts to one log, whose copies `state` knows.
    func take(_ state: LogState) {
        let attempts = evidence.attempts
        guard seen.count > 0 else { return }
        for place in 0..<attempts.eventCount {
            let range = attempts.range(place)
            let elsewhere = Elsewhere(attempts, range, log: state.plan.index)
            let slot = Int(attempts.attempts[range.lowerBound].event)
            guard state.has(LogState.Flags.expected, slot) else { continue }
            for attempt in attempts.attempts[range]
            where Int(attempt.log) == state.plan.index && attempt.transaction != TransactionTable.none {
                if elsewhere.exists(besides: attempt.transaction) { continue }
                take(attempt, copied: state.has(LogState.Flags.copy, slot), slot, state.plan)
            }
        }
    }

    private func take(_ attempt: Attempt, copied: Bool, _ slot: Int, _ plan: LogPlan) {
        let place = Int(attempt.transaction)
        if evidence.transactions.all[place].state == .aborted {
            seen[place].copied = seen[place].copied || copied
            return
        }
        if evidence.attempts.status(attempt) == .failed || retentionTook(slot, plan) { return }
        if copied { seen[place].copied = true } else { seen[place].missing = true }
    }

    /// Whether all positions (at least one) of the event in outcomes `acked`, of attempts acked or unknown, in that
    /// log, are passed by retention.
    private func retentionTook(_ slot: Int, _ plan: LogPlan) -> Bool {
        guard plan.retention else { return false }
        let attempts = evidence.attempts
        var (any, all) = (false, true)
        for attempt in attempts.attempts[attempts.range(Int(evidence.events.links[slot]))]
        where attempt.position != Events.noPosition && attempts.status(attempt) >= .unknown {
            guard evidence.log(ofPosition: attempt.position) == plan.index else { continue }
            any = true
            all = all && evidence.retentionPassed(attempt.position)
        }
        return any && all
    }

    func finish(_ figures: inout Verdict.Transactions, _ book: ExampleBook) {
        var (torn, leaked) = (FirstHundred<Name>(), FirstHundred<Name>())
        for (place, transaction) in evidence.transactions.all.enumerated() {
            let seen = seen[place]
            switch transaction.state {
            case .committed: figures.committed += 1
            case .aborted: figures.aborted += 1
            case .unknown: figures.unknown += 1
            }
            if transaction.state == .aborted, seen.copied {
                figures.leaked += 1
                leaked.offer(evidence.history.names[transaction.id])
            } else if transaction.state != .aborted, seen.copied, seen.missing {
                figures.torn += 1
                torn.offer(evidence.history.names[transaction.id])
            }
        }
        book.add("transactions.torn", transactions: torn)
        book.add("transactions.leaked", transactions: leaked)
    }
}

/// Where an event's attempts to one log that are acked or unknown were made: in which transactions, or in none.
private struct Elsewhere {
    private var one: UInt32?
    private var several = false

    init(_ attempts: AttemptTable, _ range: Range<Int>, log: Int) {
        for attempt in attempts.attempts[range]
        where Int(attempt.log) == log && attempts.status(attempt) >= .unknown {
            if let one, one != attempt.transaction { several = true }
            one = one ?? attempt.transaction
        }
    }

    func exists(besides transaction: UInt32) -> Bool { several || (one != nil && one != transaction) }
}
