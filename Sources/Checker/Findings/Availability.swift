import History

/// When acknowledgements came, of the attempts that events made to their home.
///
/// Recovery is from a fault's first effect to the first `acked` outcome of an attempt begun after it. Counterexample
/// to "the next ack": the reply to a request that was on its way when the fault struck may still arrive after it, and
/// says nothing of the system's being back.
struct Availability {
    private let evidence: Evidence
    /// Of the events of this log alone; nil: of all.
    private let home: Int?
    /// Of complex events.
    private var acks: [Int64] = []
    private var firstAttempt = Int64.max
    private var lastAttempt = Int64.min
    /// First effects, by time; and for attempts begun after that many of them the earliest ack.
    private let effects: [(t: Int64, id: Int64)]
    private var earliest: [Int64?]

    init(_ evidence: Evidence, home: Int? = nil) {
        (self.evidence, self.home) = (evidence, home)
        var first: [Int64: Int64] = [:]
        for fault in evidence.history.faults where fault.phase == .effect {
            first[fault.id] = min(first[fault.id] ?? .max, fault.t)
        }
        effects = first.map { (t: $1, id: $0) }.sorted { ($0.t, $0.id) < ($1.t, $1.id) }
        earliest = Array(repeating: nil, count: effects.count + 1)
    }

    mutating func run() -> Verdict.Availability {
        let (events, attempts) = (evidence.events, evidence.attempts)
        for slot in 0..<(hasSimple ? events.count : 0) where !events.isComplex(slot) {
            guard events.flags.base[slot] & Events.Flags.attempted != 0 else { continue }
            take(events.firstTimes.base[slot], events.result(slot) == .acked ? events.ackTimes.base[slot] : nil)
        }
        for place in 0..<attempts.eventCount {
            let home = attempts.home(place)
            if let only = self.home, only != home { continue }
            for attempt in attempts.attempts[attempts.range(place)] where Int(attempt.log) == home {
                let ack = attempt.result == .acked ? attempt.outcomeT : nil
                if let ack { acks.append(ack) }
                take(attempt.t, ack)
            }
        }
        var figures = Verdict.Availability()
        figures.longestGapNanoseconds = longestGap()
        figures.recovery = recovery()
        return figures
    }

    /// Simple events are at home in the first log.
    private var hasSimple: Bool { home ?? 0 == 0 }

    @inline(__always) private mutating func take(_ began: Int64, _ ack: Int64?) {
        if began < firstAttempt { firstAttempt = began }
        if began > lastAttempt { lastAttempt = began }
        guard let ack, !effects.isEmpty else { return }
        var (low, high) = (0, effects.count)
        while low < high {
            let middle = (low + high) / 2
            if effects[middle].t < began { low = middle + 1 } else { high = middle }
        }
        earliest[low] = min(earliest[low] ?? .max, ack)
    }

    private func longestGap() -> Int64 {
        guard firstAttempt <= lastAttempt else { return 0 }
        let (simple, count) = (evidence.scratch.acks, hasSimple ? evidence.scratch.ackCount : 0)
        let complex = acks.sorted()
        if count + complex.count == 0 { return lastAttempt.minus(firstAttempt) }
        var (longest, last) = (Int64.min, firstAttempt)
        var (a, b) = (0, 0)
        while a < count || b < complex.count {
            let takesSimple = b == complex.count || (a < count && simple.base[a] <= complex[b])
            let ack = takesSimple ? simple.base[a] : complex[b]
            if takesSimple { a += 1 } else { b += 1 }
            longest = max(longest, ack.minus(last))
            last = ack
        }
        return lastAttempt > last ? max(longest, lastAttempt.minus(last)) : longest
    }

    private func recovery() -> [Verdict.Availability.Recovery] {
        var found: [Verdict.Availability.Recovery] = []
        var ack: Int64?
        for place in effects.indices.reversed() {
            if let own = earliest[place + 1] { ack = min(ack ?? .max, own) }
            let effect = effects[place]
            found.append(Verdict.Availability.Recovery(fault: effect.id, nanoseconds: ack?.minus(effect.t)))
        }
        return found.sorted { $0.fault < $1.fault }
    }
}
