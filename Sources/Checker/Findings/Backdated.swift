import History

/// Attempts whose acked position is at or below the highest acked position of that stream known before they began,
/// another event's or their own: the log must have been cut in between.
///
/// Counterexample to "acked below an earlier ack": two attempts in flight together, acked at 4 (position 7) and then
/// at 5 (position 6). The second began at 2, before anybody knew of 7: it is not backdated.
///
/// Seen from the position, no sorting by time is needed: an attempt is backdated if any acknowledgement of its
/// position or a higher one came before it began. So one walk down each stream's positions, keeping the earliest
/// acknowledgement so far, gives each position the time after which no attempt may begin any more.
struct Backdated {
    struct Found {
        var attempt: AttemptKey
        var log: Int
    }

    private let evidence: Evidence
    private let earliest: Column<Int64>

    static func find(_ evidence: Evidence) -> [Found] {
        let finding = Backdated(evidence)
        finding.collect()
        finding.spread()
        return finding.judge()
    }

    private init(_ evidence: Evidence) {
        self.evidence = evidence
        earliest = evidence.scratch.values
        precondition(earliest.count >= evidence.positions.count, "extras are positions of outcomes, as yet")
    }

    /// Each acked attempt with a position: the attempt's time, its outcome's time, the position.
    private typealias Body = (_ key: @autoclosure () -> AttemptKey, Int64, Int64, UInt32) -> Void

    @inline(__always) private func forEach(_ body: Body) {
        forEachSimple(body)
        forEachComplex(body)
    }

    @inline(__always) private func forEachSimple(_ body: Body) {
        let events = evidence.events
        for slot in 0..<events.count where !events.isComplex(slot) {
            let position = events.links.base[slot]
            guard events.flags.base[slot] & Events.Flags.attempted != 0, position != Events.noPosition else { continue }
            let ack = events.ackTimes.base[slot]
            body(AttemptKey(slot: slot, number: 1), events.firstTimes.base[slot], ack, position)
        }
    }

    @inline(__always) private func forEachComplex(_ body: Body) {
        let attempts = evidence.attempts
        for attempt in attempts.attempts
        where attempt.position != Events.noPosition && attempts.status(attempt) == .acked {
            body(
                AttemptKey(slot: Int(attempt.event), number: attempt.number), attempt.t, attempt.outcomeT,
                attempt.position)
        }
    }

    private func collect() {
        let (base, count) = (evidence.positions.baseCount, evidence.positions.count)
        earliest.base.update(from: evidence.acked.times.base, count: base)
        (earliest.base + base).update(repeating: .max, count: count - base)
        if count > base {
            forEachSimple { _, _, ack, position in if Int(position) >= base { lower(position, to: ack) } }
        }
        forEachComplex { _, _, ack, position in lower(position, to: ack) }
    }

    @inline(__always) private func lower(_ position: UInt32, to ack: Int64) {
        if ack < earliest.base[Int(position)] { earliest.base[Int(position)] = ack }
    }

    /// Gives each position the earliest time of those at it and above it.
    private func spread() {
        let positions = evidence.positions
        var extras = positions.extrasInOrder()[...]
        for stream in (0..<evidence.streams.count).reversed() {
            var least = Int64.max
            var own: ArraySlice<UInt32> = []
            let first = extras.lastIndex { positions.stream($0) != stream }.map { $0 + 1 } ?? extras.startIndex
            own = extras[first...]
            extras = extras[..<first]
            for number in positions.span(stream).reversed() {
                let position = positions.position(UInt32(number), stream: stream)
                while let extra = own.last, position < positions.position(extra, stream: stream) {
                    lower(Int(extra), &least)
                    own.removeLast()
                }
                lower(number, &least)
            }
            while let extra = own.popLast() { lower(Int(extra), &least) }
        }
    }

    @inline(__always) private func lower(_ number: Int, _ least: inout Int64) {
        least = min(least, earliest.base[number])
        earliest.base[number] = least
    }

    private func judge() -> [Found] {
        var found: [Found] = []
        forEach { key, began, _, position in
            guard began > earliest.base[Int(position)] else { return }
            let log = evidence.log(ofPosition: position)
            if log != LogTable.noLog { found.append(Found(attempt: key(), log: log)) }
        }
        return found
    }
}
