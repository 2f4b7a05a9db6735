import History

/// Reads the attempts: which events there are, and what was tried for each.
struct AttemptPhase {
    let views: [View]
    let logs: LogTable
    let transactions: TransactionTable
    let contradictions: Contradictions
    /// By a name's number, as `AgentState.Kind`.
    let stateKinds: Column<UInt8>

    func run(_ survey: Survey) -> (Events, AttemptTable) {
        let extents = survey.extents.sorted { $0.number < $1.number }
        let index = EventIndex(extents, sparse: sparseSeqs(extents))
        let events = Events(index, withKinds: logs.hasKinds)
        var attempts: [Attempt] = []
        forEach(.attempt, in: views) { record, view in take(record, view, events, &attempts) }
        let table = AttemptTable(attempts, events, transactions)
        findTwice(table, events)
        return (events, table)
    }

    private func sparseSeqs(_ extents: [EventIndex.Extent]) -> [Int: [Int64]] {
        guard extents.contains(where: { !$0.isDense }) else { return [:] }
        let numbers = AgentNumbers(extents.map(\.number))
        var seqs: [Int: [Int64]] = [:]
        forEach(.attempt, in: views) { record, _ in
            let place = numbers.find(record.pointee.agent)
            if !extents[place].isDense { seqs[place, default: []].append(record.pointee.seq) }
        }
        for place in seqs.keys {
            seqs[place]?.sort()
            seqs[place] = seqs[place].map { distinct($0) }
        }
        return seqs
    }

    private func distinct(_ sorted: [Int64]) -> [Int64] {
        var kept: [Int64] = []
        for seq in sorted where kept.last != seq { kept.append(seq) }
        return kept
    }

    @inline(__always)
    private func take(_ record: UnsafePointer<Record>, _ view: View, _ events: Events, _ attempts: inout [Attempt]) {
        let slot = events.index.slot(agent: events.index.agent(record.pointee.agent), seq: record.pointee.seq)
        precondition(slot >= 0, "the survey saw every attempt")
        let flags = events.flags.base[slot]
        let (t, intended) = (record.pointee.t, record.pointee.intended)
        let known = flags & Events.Flags.attempted != 0
        if !known {
            events.crcs.base[slot] = record.pointee.crc
            events.firstTimes.base[slot] = t
            events.intended.base[slot] = intended
            events.links.base[slot] = Events.noPosition
            events.stateKinds.base[slot] = stateKinds.base[view.name(record.pointee.kind)]
            if let kinds = events.kinds { kinds.base[slot] = UInt32(view.name(record.pointee.kind)) }
        }
        let simple = !known && record.pointee.stream == 0 && record.pointee.attemptNumber == 1
        if !simple || logs.log(record.pointee.log) != 0 { takeComplex(record, view, slot, events, &attempts) }
        let poison = record.pointee.has(Record.Flags.poison) ? Events.Flags.poison : 0
        events.flags.base[slot] |= Events.Flags.attempted | poison
    }

    private func takeComplex(
        _ record: UnsafePointer<Record>, _ view: View, _ slot: Int, _ events: Events, _ attempts: inout [Attempt]
    ) {
        let flags = events.flags[slot]
        if flags & (Events.Flags.attempted | Events.Flags.complex) == Events.Flags.attempted {
            attempts.append(
                Attempt(
                    event: UInt32(slot), log: 0, number: 1, t: events.firstTimes[slot],
                    transaction: TransactionTable.none, order: UInt32(truncatingIfNeeded: attempts.count)))
        }
        let transaction = record.pointee.stream
        attempts.append(
            Attempt(
                event: UInt32(slot), log: UInt16(logs.log(record.pointee.log)), number: record.pointee.attemptNumber,
                t: record.pointee.t, transaction: transactions.place(view.name(transaction), isNone: transaction == 0),
                order: UInt32(truncatingIfNeeded: attempts.count)))
        events.flags[slot] = flags | Events.Flags.complex
        guard flags & Events.Flags.attempted != 0 else { return }
        if events.crcs[slot] != record.pointee.crc { contradictions.note(.twoCRCs, events.describe(slot)) }
        if record.pointee.intended < events.intended[slot] { events.intended[slot] = record.pointee.intended }
        if record.pointee.t < events.firstTimes[slot] {
            events.firstTimes[slot] = record.pointee.t
            events.stateKinds[slot] = stateKinds[view.name(record.pointee.kind)]
            events.kinds?[slot] = UInt32(view.name(record.pointee.kind))
        }
    }

    private func findTwice(_ table: AttemptTable, _ events: Events) {
        for place in 1..<max(table.attempts.count, 1) {
            let (a, b) = (table.attempts[place - 1], table.attempts[place])
            if a.event == b.event && a.log == b.log && a.number == b.number {
                contradictions.note(.twoAttempts, "\(events.describe(Int(b.event))), try \(b.number)")
            }
        }
    }
}
