import History

/// How every event stands in the eyes of one log: its status there, its copies, and what of it is expected.
///
/// One state serves one log after another (`enter`), so that its columns are made once.
final class LogState {
    struct Flags {
        static let statusMask: UInt8 = 3
        static let expected: UInt8 = 4
        /// Has a copy. Entries of kinds that the log does not expect are none.
        static let copy: UInt8 = 8
        /// Has more than one copy: the others are in `moreCopies`.
        static let copies: UInt8 = 16
        static let expired: UInt8 = 32
        static let poison: UInt8 = 64
        static let complex: UInt8 = 128
    }

    /// What a complex event's attempts to this log come to.
    struct Complex: BitwiseCopyable {
        /// How many there are.
        var attempts: Int32 = 0
        /// How many of them are acked or unknown.
        var possible: Int32 = 0
        var allAborted = false
        /// One is in a transaction that is not committed.
        var uncommitted = false
        /// A delivery earlier than this came before each of the ends of their transactions was asked for.
        var begun = Int64.min
        /// `t` of the first that counts for the event's status here.
        var firstT = Int64.max
    }

    let evidence: Evidence
    private(set) var plan: LogPlan
    let flags: Packed.Field<UInt8>
    /// The number of the lowest position of an event with a copy.
    let firstCopies: Column<UInt32>
    let complex: Column<Complex>
    /// Copies beyond the first, by event; ascending by position within one.
    private(set) var moreCopies: [(slot: UInt32, position: UInt32)] = []

    init(_ evidence: Evidence) {
        self.evidence = evidence
        plan = evidence.logs.first
        flags = evidence.events.logFlags
        firstCopies = Column(uninitialized: evidence.events.count)
        complex = Column(repeating: Complex(), count: evidence.attempts.eventCount)
    }

    func enter(_ plan: LogPlan) {
        self.plan = plan
        moreCopies = []
        let events = evidence.events
        let simple = simpleFlags()
        for slot in 0..<events.count { flags.base[slot] = simple[Int(events.flags.base[slot])] }
        enterComplex()
        if let kinds = plan.kinds, let column = events.kinds {
            for slot in 0..<events.count where flags.base[slot] & Flags.expected != 0 {
                if !kinds.contains(column.base[slot]) { flags.base[slot] &= ~Flags.expected }
            }
        }
    }

    /// From the flags of `Events` to those of this log, complex events aside.
    private func simpleFlags() -> [UInt8] {
        let inScope = evidence.logs.isInScope(0, of: plan)
        return (0..<256).map { number in
            let flags = UInt8(number)
            guard flags & Events.Flags.attempted != 0 else { return 0 }
            var own = Flags.expected
            if flags & Events.Flags.poison != 0 { own |= Flags.poison }
            if flags & Events.Flags.complex != 0 { return own | Flags.complex }
            switch AttemptResult(rawValue: (flags & Events.Flags.resultMask) >> Events.Flags.resultShift) {
            case .acked: return own | (inScope ? Status.acked.rawValue : 0)
            case .failed: return own | (inScope ? Status.failed.rawValue : 0)
            default: return own | (inScope ? Status.unknown.rawValue : 0)
            }
        }
    }

    private func enterComplex() {
        let (attempts, events, logs) = (evidence.attempts, evidence.events, evidence.logs)
        for place in 0..<attempts.eventCount {
            let range = attempts.range(place)
            let slot = Int(attempts.attempts[range.lowerBound].event)
            var state = Complex()
            var (status, ackTime) = (Status.none, Int64.max)
            var (aborted, allBegun, begun) = (true, true, Int64.max)
            for index in range {
                let attempt = attempts.attempts[index]
                let own = attempts.status(attempt)
                if logs.isInScope(Int(attempt.log), of: plan) {
                    status = max(status, own)
                    if own == .acked { ackTime = min(ackTime, attempts.ackTime(attempt)) }
                    state.firstT = min(state.firstT, attempt.t)
                }
                guard Int(attempt.log) == plan.index else { continue }
                state.attempts &+= 1
                if own >= .unknown { state.possible &+= 1 }
                let transaction = attempts.transaction(attempt)
                if transaction?.state != .aborted { aborted = false }
                if let transaction, transaction.state != .committed { state.uncommitted = true }
                if let asked = transaction?.begun { begun = min(begun, asked) } else { allBegun = false }
            }
            if state.attempts > 0 {
                state.allAborted = aborted
                if allBegun { state.begun = begun }
            }
            complex.base[place] = state
            flags.base[slot] |= status.rawValue
            events.ackTimes.base[slot] = ackTime
        }
    }

    // MARK: Copies

    @inline(__always) func addCopy(_ slot: Int, _ position: UInt32) {
        let known = flags.base[slot]
        if known & Flags.copy == 0 {
            flags.base[slot] = known | Flags.copy
            firstCopies.base[slot] = position
        } else {
            flags.base[slot] = known | Flags.copies
            moreCopies.append((UInt32(slot), position))
        }
    }

    func endCopies() {
        moreCopies.sort { $0.slot != $1.slot ? $0.slot < $1.slot : $0.position < $1.position }
    }

    /// How many copies an event has beyond the first.
    func extraCopies(_ slot: Int) -> ArraySlice<(slot: UInt32, position: UInt32)> {
        guard flags[slot] & Flags.copies != 0 else { return [] }
        var (low, high) = (0, moreCopies.count)
        while low < high {
            let middle = (low + high) / 2
            if Int(moreCopies[middle].slot) < slot { low = middle + 1 } else { high = middle }
        }
        var end = low
        while end < moreCopies.count && Int(moreCopies[end].slot) == slot { end += 1 }
        return moreCopies[low..<end]
    }

    /// The number of an event's highest copy that is on one line with its first.
    func lastCopy(_ slot: Int) -> UInt32 { extraCopies(slot).last?.position ?? firstCopies[slot] }

    // MARK: One event

    @inline(__always) func status(_ slot: Int) -> Status {
        Status(rawValue: flags.base[slot] & Flags.statusMask) ?? .none
    }

    @inline(__always) func has(_ flag: UInt8, _ slot: Int) -> Bool { flags.base[slot] & flag != 0 }

    /// An acked event that the log expects.
    @inline(__always) func isAckedHere(_ slot: Int) -> Bool {
        let mask = Flags.statusMask | Flags.expected
        return flags.base[slot] & mask == Status.acked.rawValue | Flags.expected
    }

    /// An event that the log expects, acked or unknown, with a copy.
    @inline(__always) func isThere(_ slot: Int) -> Bool {
        let known = flags.base[slot]
        let both = Flags.expected | Flags.copy
        return known & both == both && known & Flags.statusMask >= Status.unknown.rawValue
    }

    /// Attempts to this log, and those of them that are acked or unknown.
    func attempts(_ slot: Int) -> (all: Int, possible: Int) {
        if has(Flags.complex, slot) {
            let state = complex[Int(evidence.events.links[slot])]
            return (Int(state.attempts), Int(state.possible))
        }
        guard plan.index == 0 else { return (0, 0) }
        return (1, evidence.simpleStatus(slot) >= .unknown ? 1 : 0)
    }

    func complexState(_ slot: Int) -> Complex? {
        has(Flags.complex, slot) ? complex[Int(evidence.events.links[slot])] : nil
    }

    /// `t` of the first attempt; in a log with `own`, of the first to it.
    func firstAttempt(_ slot: Int) -> Int64 {
        plan.own ? complexState(slot)?.firstT ?? evidence.events.firstTimes[slot] : evidence.events.firstTimes[slot]
    }
}
