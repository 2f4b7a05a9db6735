import History

/// Acked events without a copy: *expired* if retention took them, which it did if it has passed every position (at
/// least one) at which this log acknowledged them; else *lost*. With the shape of the loss.
///
/// Counterexample to "without a copy and retention is on": an event acked at 7 where the lowest position left is 5
/// is lost, since retention never reached it; and one acked without a position is lost, since nothing says that it was
/// ever old enough.
///
/// An agent's loss is a *tail* if all its lost events are later than every acked event of it that has a copy, else it
/// has *holes*: of 0 1 2 3 with 2 and 3 lost it is a tail, with 1 lost holes, with all lost a tail. The window is
/// the time from the first ack of a lost event to the last: the acks that were not kept, and not the time during
/// which the broker was away. One lost event alone has a window of 0.
struct Lost {
    private let evidence: Evidence
    private let state: LogState
    private(set) var count = 0
    private(set) var expired = 0
    private(set) var loss = Verdict.Loss()
    private(set) var examples = FirstHundred<Int>()
    private(set) var expiredExamples = FirstHundred<Int>()
    private var firstAck = Int64.max
    private var lastAck = Int64.min
    // Of the agent at hand.
    private var firstLost = Int.max
    private var lastCopied = -1

    init(_ evidence: Evidence, _ state: LogState) { (self.evidence, self.state) = (evidence, state) }

    mutating func beginAgent() { (firstLost, lastCopied) = (.max, -1) }

    /// Says whether the agent has lost anything.
    mutating func endAgent() -> Bool {
        if firstLost == .max { return false }
        if firstLost > lastCopied { loss.tailAgents += 1 } else { loss.holeAgents += 1 }
        loss.windowNanoseconds = lastAck.minus(firstAck)
        return true
    }

    @inline(__always) mutating func takeWithCopy(_ slot: Int) { lastCopied = slot }

    mutating func takeWithoutCopy(_ slot: Int) {
        if Lost.isExpired(slot, in: state.plan, evidence) {
            state.flags[slot] |= LogState.Flags.expired
            expired += 1
            expiredExamples.offer(slot)
            return
        }
        count += 1
        examples.offer(slot)
        firstLost = min(firstLost, slot)
        let ack = evidence.events.ackTimes[slot]
        firstAck = min(firstAck, ack)
        lastAck = max(lastAck, ack)
    }

    /// Whether retention explains that an acked event has no copy.
    static func isExpired(_ slot: Int, in plan: LogPlan, _ evidence: Evidence) -> Bool {
        guard plan.retention else { return false }
        var (any, all) = (false, true)
        evidence.forEachAckedPosition(slot, in: plan.index) { position in
            any = true
            all = all && evidence.retentionPassed(position)
        }
        return any && all
    }
}
