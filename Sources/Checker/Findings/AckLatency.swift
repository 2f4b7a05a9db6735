/// The earliest ack of an acked attempt to the event's home less the event's intended time, per event that has one.
struct AckLatency {
    /// - Parameters:
    ///   - home: of the events of this log alone; nil: of all.
    ///   - isMeant: by an event's intended time; all, if nobody says.
    @inline(__always) static func run(
        _ evidence: Evidence, _ scratch: Scratch, home only: Int? = nil, _ isMeant: (Int64) -> Bool = { _ in true }
    ) -> Verdict.Percentiles {
        let (events, attempts) = (evidence.events, evidence.attempts)
        var count = 0
        let simple = only ?? 0 == 0 ? events.count : 0
        for slot in 0..<simple where !events.isComplex(slot) && events.result(slot) == .acked {
            if !isMeant(events.intended.base[slot]) { continue }
            scratch.values.base[count] = events.ackTimes.base[slot].minus(events.intended.base[slot])
            count += 1
        }
        for place in 0..<attempts.eventCount {
            let home = attempts.home(place)
            if let only, only != home { continue }
            var earliest: Int64?
            for attempt in attempts.attempts[attempts.range(place)]
            where Int(attempt.log) == home && attempts.status(attempt) == .acked {
                earliest = min(earliest ?? .max, attempts.ackTime(attempt))
            }
            guard let earliest else { continue }
            let slot = Int(attempts.attempts[attempts.starts[place]].event)
            if !isMeant(events.intended[slot]) { continue }
            scratch.values[count] = earliest.minus(events.intended[slot])
            count += 1
        }
        return Verdict.Percentiles(scratch.values, count: count)
    }
}
