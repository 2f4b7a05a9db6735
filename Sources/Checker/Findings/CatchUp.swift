import History

/// How long a group took until it had everything that was acked when the trouble was over: from the last `end` of a
/// fault (of one without an end, its last `effect`) to the latest first intact delivery among the events acked at that
/// moment or before. Without a fault that had an effect, the moment is the last ack of an event.
///
/// At least 0; nil if one of these events was never delivered intact although it has a copy. An event without a copy
/// (lost, expired) that was not delivered is not waited for.
struct CatchUp {
    /// What is the same for all groups of a log.
    struct Start {
        fileprivate let moment: Int64
        /// How many events with a copy were acked by then.
        fileprivate var owed = 0

        init(_ log: LogState) {
            let (events, evidence) = (log.evidence.events, log.evidence)
            var moment = Start.lastFault(evidence.history.faults)
            if moment == nil {
                for slot in 0..<events.count where log.isAckedHere(slot) {
                    moment = max(moment ?? .min, events.ackTimes.base[slot])
                }
            }
            self.moment = moment ?? 0
            for slot in 0..<events.count where log.isAckedHere(slot) && log.has(LogState.Flags.copy, slot) {
                if events.ackTimes.base[slot] <= self.moment { owed += 1 }
            }
        }

        private static func lastFault(_ records: [History.FaultRecord]) -> Int64? {
            var (effects, ends): ([Int64: Int64], [Int64: Int64]) = ([:], [:])
            for record in records {
                if record.phase == .effect { effects[record.id] = max(effects[record.id] ?? .min, record.t) }
                if record.phase == .end { ends[record.id] = max(ends[record.id] ?? .min, record.t) }
            }
            return effects.merging(ends) { $1 }.values.max()
        }
    }

    private let state: GroupState
    private let start: Start
    private var owed: Int
    private var latest = Int64.min

    init(_ state: GroupState, _ start: Start) {
        (self.state, self.start) = (state, start)
        owed = start.owed
    }

    /// Takes each event that was delivered intact.
    @inline(__always) mutating func take(_ slot: Int) {
        guard state.log.isAckedHere(slot), state.evidence.events.ackTimes.base[slot] <= start.moment else { return }
        if state.log.has(LogState.Flags.copy, slot) { owed -= 1 }
        latest = max(latest, state.times.base[slot])
    }

    var nanoseconds: Int64? { owed > 0 ? nil : latest == .min ? 0 : max(0, latest.minus(start.moment)) }
}
