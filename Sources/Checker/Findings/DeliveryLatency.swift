/// First intact delivery to the group less the event's intended time, per event delivered intact.
enum DeliveryLatency {
    static func run(_ state: GroupState, _ scratch: Scratch) -> Verdict.Percentiles {
        let events = state.evidence.events
        var count = 0
        state.forEachDelivered { slot in
            scratch.values.base[count] = state.times.base[slot].minus(events.intended.base[slot])
            count += 1
        }
        return Verdict.Percentiles(scratch.values, count: count)
    }
}
