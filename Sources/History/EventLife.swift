/// What happened to one event, collected in two passes over the history: its own records first, then what groups said
/// of the positions at which it stood.
struct EventLife {
    struct Moment {
        let t: Int64
        let text: String
        /// About the trial and not about this event: shown if it is near.
        var around = false
        /// Of a delivery: to whom, and which position.
        var delivery: Cover?
    }

    struct Spot: Hashable {
        let stream: UInt32
        let position: Position
    }

    struct Cover: Hashable {
        let group: UInt32
        let spot: Spot
    }

    private struct Attempt: Hashable {
        let log: UInt16
        let number: Int64
    }

    let history: History
    /// Logs that are some group's dead letters.
    private let deadLogs: Set<Name>
    let words: RecordWords
    let agent: Int64
    let seq: Int64
    private(set) var moments: [Moment] = []
    private var transactions: Set<UInt32> = []
    /// Where it stood in some pass, and where it was delivered or acked.
    private(set) var spots: Set<Spot> = []
    private(set) var entries: [Int64: [String]] = [:]
    private(set) var passes: Set<Int64> = []
    private var attempts: [Attempt: Int64] = [:]
    private(set) var kind = ""
    private var crcs: Set<UInt32> = []
    /// For each group and spot the earliest commit that covers it: every later one covers it again.
    private var commits: [Cover: Moment] = [:]

    init(_ history: History, agent: Int64, seq: Int64) {
        (self.history, self.agent, self.seq) = (history, agent, seq)
        words = RecordWords(history: history)
        deadLogs = Set(history.groups.compactMap(\.dead))
        for chunk in history.chunks {
            for record in chunk.records { takeOwn(record, chunk) }
        }
        guard !moments.isEmpty || !entries.isEmpty else { return }
        for chunk in history.chunks {
            for record in chunk.records { takeOthers(record, chunk) }
        }
        let covering = commits.sorted { a, b in
            (a.value.t, a.key.group, a.key.spot.stream) == (b.value.t, b.key.group, b.key.spot.stream)
                ? a.key.spot.position < b.key.spot.position
                : (a.value.t, a.key.group, a.key.spot.stream) < (b.value.t, b.key.group, b.key.spot.stream)
        }
        moments += covering.map(\.value)
    }

    private mutating func add(_ t: Int64, _ text: String) { moments.append(Moment(t: t, text: text)) }

    private mutating func takeOwn(_ r: Record, _ chunk: RecordChunk) {
        if r.type == .replay || r.type == .replayEnd { passes.insert(r.pass) }
        guard r.agent == agent, r.seq == seq, !r.has(Record.Flags.noAgent), !r.has(Record.Flags.noSeq) else { return }
        switch r.type {
        case .attempt: takeAttempt(r, chunk)
        case .outcome: takeOutcome(r, chunk)
        case .replay:
            spots.insert(spot(r, chunk))
            entries[r.pass, default: []].append(words.place(r, chunk) + stranger(r, chunk))
        case .delivery:
            spots.insert(spot(r, chunk))
            let text =
                "delivered to group \(words.group(r, chunk)), consumer \(words.name(r.consumer, chunk)): "
                + words.place(r, chunk) + stranger(r, chunk)
            let delivery = Cover(group: group(r, chunk), spot: spot(r, chunk))
            moments.append(Moment(t: r.t, text: text, delivery: delivery))
        default: break
        }
    }

    private mutating func takeAttempt(_ r: Record, _ chunk: RecordChunk) {
        kind = words.name(r.kind, chunk)
        crcs.insert(r.crc)
        attempts[Attempt(log: r.log, number: r.attemptNumber)] = r.t
        if isMove(r) { return add(r.t, "moving to the dead letters\(words.log(r)), attempt \(r.attemptNumber)") }
        let (late, overflow) = r.t.subtractingReportingOverflow(r.intended)
        var text = "attempt \(r.attemptNumber)\(words.log(r)), intended at \(seconds(r.intended))"
        if !overflow { text += late >= 0 ? " (\(span(late)) late)" : " (\(span(0 - late)) early)" }
        if r.transaction != 0 {
            transactions.insert(words.number(r.transaction, chunk))
            text += ", in transaction \(words.name(r.transaction, chunk))"
        }
        if r.has(Record.Flags.poison) { text += ", poison" }
        add(r.t, text)
    }

    private mutating func takeOutcome(_ r: Record, _ chunk: RecordChunk) {
        var text = "attempt \(r.attemptNumber)\(words.log(r)) \(r.outcome)"
        if isMove(r) {
            text =
                r.outcome == .acked
                ? "moved to the dead letters\(words.log(r))" : "move to the dead letters\(words.log(r)) \(r.outcome)"
        }
        if r.stream != 0 {
            text += ": " + (r.has(Record.Flags.noPosition) ? words.name(r.stream, chunk) : words.place(r, chunk))
            if !r.has(Record.Flags.noPosition), r.outcome == .acked { spots.insert(spot(r, chunk)) }
        }
        if r.error != 0 { text += ", error: \(words.name(r.error, chunk))" }
        if let begun = attempts[Attempt(log: r.log, number: r.attemptNumber)], r.t >= begun {
            text += ", \(span(r.t - begun)) after it began"
        }
        add(r.t, text)
    }

    /// Says so if an entry is of another run or holds other bytes than any attempt did.
    private func stranger(_ r: Record, _ chunk: RecordChunk) -> String {
        var text = ""
        if r.run != 0, history.names[Int(words.number(r.run, chunk))] != history.header.run {
            text += ", of run \(words.name(r.run, chunk))"
        }
        if !crcs.isEmpty, !crcs.contains(r.crc) { text += ", with another checksum (\(r.crc))" }
        return text
    }

    /// An attempt, or its outcome, by which a consumer sets an event aside.
    private func isMove(_ r: Record) -> Bool {
        r.log != Record.none16 && Int(r.log) < history.header.logs.count
            && deadLogs.contains(history.header.logs[Int(r.log)].name)
    }

    private func group(_ r: Record, _ chunk: RecordChunk) -> UInt32 {
        chunk.groups?[Int(r.group)] ?? UInt32(r.group)
    }

    private func spot(_ r: Record, _ chunk: RecordChunk) -> Spot {
        Spot(stream: words.number(r.stream, chunk), position: r.position)
    }

    private mutating func takeOthers(_ r: Record, _ chunk: RecordChunk) {
        switch r.type {
        case .ack where spots.contains(spot(r, chunk)):
            add(
                r.t,
                "acked by group \(words.group(r, chunk)), consumer \(words.name(r.consumer, chunk)): "
                    + words.place(r, chunk))
        case .processed where spots.contains(spot(r, chunk)):
            add(
                r.t,
                "processed in group \(words.group(r, chunk)), consumer \(words.name(r.consumer, chunk)): "
                    + words.place(r, chunk))
        case .commit: takeCommit(r, chunk)
        case .transaction where transactions.contains(words.number(r.transaction, chunk)):
            var text = "transaction \(words.name(r.transaction, chunk)) \(r.transactionState)"
            if !r.has(Record.Flags.noPosition) { text += ", its end asked for at \(seconds(r.begun))" }
            add(r.t, text)
        case .gap:
            let text = "gap in the history of \(words.name(r.crc, chunk)): \(words.name(r.second, chunk))"
            moments.append(Moment(t: r.t, text: text, around: true))
        default: break
        }
    }

    private mutating func takeCommit(_ r: Record, _ chunk: RecordChunk) {
        let stream = words.number(r.stream, chunk)
        for spot in spots where spot.stream == stream && spot.position < r.position {
            let cover = Cover(group: group(r, chunk), spot: spot)
            if let known = commits[cover], known.t <= r.t { continue }
            let covered = words.position(spot.position, history.forms[stream] ?? .entry)
            let text = "group \(words.group(r, chunk)) committed \(words.place(r, chunk)), which covers \(covered)"
            commits[cover] = Moment(t: r.t, text: text)
        }
    }
}
