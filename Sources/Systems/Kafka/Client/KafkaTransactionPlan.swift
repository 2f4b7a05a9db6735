import Workload

/// Which attempts make a transaction, and when it is to end: a state machine without clock or library.
///
/// Attempts are counted off when they are prepared, since the history names their transaction before they are sent. What
/// is prepared while one is ending belongs to the next.
struct KafkaTransactionPlan: Sendable {
    enum Phase: Sendable, Equatable {
        /// The identity is not taken over yet.
        case starting
        /// None is open, and one may be begun.
        case idle
        case open
        /// To be aborted, once all of it has its reports: what never reaches a log is no test of an abort.
        case draining
        /// Its end is asked for.
        case committing
        case aborting
    }

    let limit: Int
    /// Share of the transactions that are aborted on purpose.
    let share: Double
    private let seed: UInt64
    private(set) var phase = Phase.starting
    /// The one that is open, or was last; 0: none yet.
    private(set) var number: Int64 = 0
    /// The one that attempts are counted off to, and how many it has.
    private(set) var filling: Int64 = 1
    private var filled = 0
    /// Handed over in the open one, and without a report.
    private(set) var unreported = 0
    private var closesAt: Int64 = .max
    /// When its end was asked for first.
    private(set) var begun: Int64?
    /// Its commit was asked for, whatever was asked for later.
    private(set) var mayBeCommitted = false

    /// - Parameter identity: whose transactions; others are aborted for another.
    init(limit: Int, share: Double, seed: UInt64, identity: String) {
        (self.limit, self.share) = (limit, share)
        self.seed = SplitMix64.mix(seed ^ EventCodec.runNumber(identity))
    }

    /// Whether a transaction is one of those that are aborted on purpose.
    func isToBeAborted(_ number: Int64) -> Bool {
        let drawn = SplitMix64.mix(seed &+ UInt64(bitPattern: number) &* 0x9E37_79B9_7F4A_7C15)
        return Double(drawn >> 11) * 0x1p-53 < share
    }

    /// The transaction of an attempt that is prepared now.
    mutating func assign() -> Int64 {
        if filled == limit { next() }
        filled += 1
        return filling
    }

    private mutating func next() {
        filling += 1
        filled = 0
    }

    mutating func hasStarted() { phase = .idle }

    mutating func open(_ number: Int64, now: Int64) {
        precondition(phase == .idle && number > self.number, "a transaction begins while another is open")
        (self.number, phase, unreported, begun, mayBeCommitted) = (number, .open, 0, nil, false)
        closesAt = now + SystemLimits.kafkaTransactionLinger
    }

    mutating func handedOver() { unreported += 1 }
    mutating func reported() { unreported -= 1 }

    /// When the open one is to end though it is not full.
    var deadline: Int64 { phase == .open ? closesAt : .max }

    /// What is to be done now, if anything; the caller does it.
    ///
    /// - Parameters:
    ///   - nextWaiting: the transaction of the first attempt that is not handed over yet.
    ///   - ends: the load is over: nothing more comes to the open one.
    mutating func step(now: Int64, nextWaiting: Int64?, ends: Bool = false) -> KafkaErrands.Errand? {
        switch phase {
        case .open:
            if (now >= closesAt || ends) && filling == number { next() }
            guard filling > number || filled == limit, nextWaiting != number else { return nil }
            guard isToBeAborted(number) else {
                (phase, begun, mayBeCommitted) = (.committing, now, true)
                return .commit
            }
            phase = .draining
            fallthrough
        case .draining:
            guard unreported <= 0 else { return nil }
            return abort(now: now)
        case .starting, .idle, .committing, .aborting:
            return nil
        }
    }

    /// Asks for the abort of the open one.
    mutating func abort(now: Int64) -> KafkaErrands.Errand {
        (phase, begun) = (.aborting, begun ?? now)
        if filling == number { next() }
        return .abort
    }

    mutating func hasEnded() { phase = .idle }

    /// Its instance is gone.
    mutating func isLost() {
        if filling == number { next() }
        phase = .starting
    }

    var isBetween: Bool { phase == .idle || phase == .starting }
}
