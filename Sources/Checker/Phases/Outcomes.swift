import History

/// Reads the outcomes: joins each to its attempt, and finds the positions that were acknowledged.
struct OutcomePhase {
    let views: [View]
    let logs: LogTable
    let streams: StreamTable
    let events: Events
    let attempts: AttemptTable
    let positions: PositionTable
    let contradictions: Contradictions
    let scratch: Scratch

    func run() -> AckedPositions {
        let acked = AckedPositions(count: positions.baseCount)
        var acks = 0
        for view in views where view.mayHave(.outcome) {
            let end = view.records + view.count
            var record = view.records
            while record < end {
                if record.pointee.rawType == RecordType.outcome.rawValue {
                    events.prefetch(record, before: end, times: nil)
                    take(record, view, acked, &acks)
                }
                record += 1
            }
        }
        scratch.keepAcks(acks)
        return acked
    }

    @inline(__always)
    private func take(_ record: UnsafePointer<Record>, _ view: View, _ acked: AckedPositions, _ acks: inout Int) {
        let slot = events.find(agent: record.pointee.agent, seq: record.pointee.seq)
        guard slot >= 0 else { return orphan(record) }
        let flags = events.flags.base[slot]
        if flags & Events.Flags.complex != 0 { return takeComplex(record, view, slot) }
        guard logs.log(record.pointee.log) == 0, record.pointee.attemptNumber == 1 else { return orphan(record) }
        guard flags & Events.Flags.resultMask == 0 else { return second(record) }
        let result = AttemptResult(record.pointee.outcome)
        events.flags.base[slot] = flags | result.rawValue << Events.Flags.resultShift
        guard result == .acked else { return }
        events.ackTimes.base[slot] = record.pointee.t
        scratch.acks.base[acks] = record.pointee.t
        acks += 1
        let position = position(record, view)
        events.links.base[slot] = position
        acked.take(position, record.pointee.t)
    }

    private func takeComplex(_ record: UnsafePointer<Record>, _ view: View, _ slot: Int) {
        let place = Int(events.links[slot])
        let (log, number) = (logs.log(record.pointee.log), record.pointee.attemptNumber)
        guard let index = attempts.find(place, log: log, number: number) else { return orphan(record) }
        guard attempts.attempts[index].result == .none else { return second(record) }
        let result = AttemptResult(record.pointee.outcome)
        attempts.conclude(
            index, result, t: record.pointee.t,
            position: result == .acked ? position(record, view) : Events.noPosition)
    }

    @inline(__always) private func position(_ record: UnsafePointer<Record>, _ view: View) -> UInt32 {
        guard record.pointee.stream != 0, !record.pointee.has(Record.Flags.noPosition) else { return Events.noPosition }
        let stream = streams.places.base[view.name(record.pointee.stream)]
        return positions.number(stream: Int(stream), record.pointee.position)
    }

    private func orphan(_ record: UnsafePointer<Record>) {
        contradictions.note(.outcomeWithoutAttempt, describe(record.pointee))
    }

    private func second(_ record: UnsafePointer<Record>) {
        contradictions.note(.twoOutcomes, describe(record.pointee))
    }

    private func describe(_ record: Record) -> String {
        "agent \(record.agent), seq \(record.seq), try \(record.attemptNumber)"
    }
}
