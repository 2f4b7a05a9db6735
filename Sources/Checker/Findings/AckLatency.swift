/// The earliest ack of an acked attempt to the event's home less the event's intended time, per event that has one.
struct AckLatency {
    static func run(_ evidence: Evidence, _ scratch: Scratch) -> Verdict.Percentiles {
        let (events, attempts) = (evidence.events, evidence.attempts)
        var count = 0
        for slot in 0..<events.count where !events.isComplex(slot) && events.result(slot) == .acked {
            scratch.values.base[count] = events.ackTimes.base[slot].minus(events.intended.base[slot])
            count += 1
        }
        for place in 0..<attempts.eventCount {
            let home = attempts.home(place)
            var earliest: Int64?
            for attempt in attempts.attempts[attempts.range(place)]
            where Int(attempt.log) == home && attempts.status(attempt) == .acked {
                earliest = min(earliest ?? .max, attempts.ackTime(attempt))
            }
            guard let earliest else { continue }
            let slot = Int(attempts.attempts[attempts.starts[place]].event)
            scratch.values[count] = earliest.minus(events.intended[slot])
            count += 1
        }
        return Verdict.Percentiles(scratch.values, count: count)
    }
}
