/// What happened to one event, collected in two passes over the history: its own records first, then what groups said
/// of the positions at which it stood.
struct EventLife {
    private struct Moment {
        let t: Int64
        let text: String
        /// About the trial and not about this event: shown if it is near.
        var around = false
    }

    private struct Spot: Hashable {
        let stream: UInt32
        let position: Position
    }

    private struct Cover: Hashable {
        let group: UInt32
        let spot: Spot
    }

    private let history: History
    private let words: RecordWords
    private let agent: Int64
    private let seq: Int64
    private var moments: [Moment] = []
    private var transactions: Set<UInt32> = []
    /// Where it stood in some pass, and where it was delivered or acked.
    private var spots: Set<Spot> = []
    private var entries: [Int64: [String]] = [:]
    private var passes: Set<Int64> = []
    private var attempts: [Int64: Int64] = [:]
    private var kind = ""
    private var crcs: Set<UInt32> = []
    /// For each group and spot the earliest commit that covers it: every later one covers it again.
    private var commits: [Cover: Moment] = [:]

    /// Faults and gaps this long before and after the event's own records are shown.
    private static let around: Int64 = 5_000_000_000
    private static let shownAtMost = 200

    init(_ history: History, agent: Int64, seq: Int64) {
        (self.history, self.agent, self.seq) = (history, agent, seq)
        words = RecordWords(history: history)
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
            add(
                r.t,
                "delivered to group \(words.group(r, chunk)), consumer \(words.name(r.consumer, chunk)): "
                    + words.place(r, chunk) + stranger(r, chunk))
        default: break
        }
    }

    private mutating func takeAttempt(_ r: Record, _ chunk: RecordChunk) {
        kind = words.name(r.kind, chunk)
        crcs.insert(r.crc)
        attempts[r.attemptNumber] = r.t
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
        if r.stream != 0 {
            text += ": " + (r.has(Record.Flags.noPosition) ? words.name(r.stream, chunk) : words.place(r, chunk))
            if !r.has(Record.Flags.noPosition), r.outcome == .acked { spots.insert(spot(r, chunk)) }
        }
        if r.error != 0 { text += ", error: \(words.name(r.error, chunk))" }
        if let begun = attempts[r.attemptNumber], r.t >= begun { text += ", \(span(r.t - begun)) after it began" }
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
            let cover = Cover(group: chunk.groups?[Int(r.group)] ?? UInt32(r.group), spot: spot)
            if let known = commits[cover], known.t <= r.t { continue }
            let covered = words.position(spot.position, history.forms[stream] ?? .entry)
            let text = "group \(words.group(r, chunk)) committed \(words.place(r, chunk)), which covers \(covered)"
            commits[cover] = Moment(t: r.t, text: text)
        }
    }
}

extension EventLife {
    func text() -> String {
        let name = "event \(seq) of agent \(agent)"
        guard !moments.isEmpty || !entries.isEmpty else { return "no record of \(name)\n" }
        var lines = [name + (kind.isEmpty ? ", which nobody attempted" : ", \(kind)")]
        lines.append("")
        lines += timeline()
        lines.append("")
        lines += log()
        lines += groupEnds()
        return lines.joined(separator: "\n") + "\n"
    }

    /// In order of time, and of the file where times are equal; with the faults and gaps around it.
    private func timeline() -> [String] {
        let own = moments.filter { !$0.around }
        let from = (own.map(\.t).min() ?? 0).subtractingReportingOverflow(EventLife.around).partialValue
        let until = (own.map(\.t).max() ?? .max).addingReportingOverflow(EventLife.around)
        let last = until.overflow ? Int64.max : until.partialValue
        var all = moments.filter { !$0.around || (from...last).contains($0.t) }
        for fault in history.faults where (from...last).contains(fault.t) {
            var text = "fault \(fault.id), \(plain(fault.action))"
            if let node = fault.node { text += " \(plain(node))" }
            text += ": \(fault.phase.rawValue)"
            if let detail = fault.detail { text += " (\(plain(detail)))" }
            all.append(Moment(t: fault.t, text: text))
        }
        let sorted = all.enumerated().sorted { ($0.element.t, $0.offset) < ($1.element.t, $1.offset) }.map(\.element)
        let width = sorted.map { seconds($0.t).count }.max() ?? 0
        var lines = sorted.prefix(EventLife.shownAtMost).map { "  \(padded(seconds($0.t), width)) s  \($0.text)" }
        if sorted.count > lines.count { lines.append("  and \(sorted.count - lines.count) more") }
        return lines
    }

    private func log() -> [String] {
        if passes.isEmpty { return ["the log was not read back"] }
        return passes.sorted().prefix(EventLife.shownAtMost).map { pass in
            let places = entries[pass] ?? []
            return "pass \(pass) of the log: " + (places.isEmpty ? "nowhere" : places.joined(separator: "; "))
        }
    }

    private func groupEnds() -> [String] {
        var lines: [String] = []
        for end in history.groupEnds {
            for spot in spots where history.names[Int(spot.stream)] == end.stream {
                let form = history.forms[spot.stream] ?? .entry
                let place = words.position(spot.position, form)
                let state: String
                if end.pending.contains(spot.position) {
                    state = "pending"
                } else if let passed = end.passed, spot.position <= passed {
                    state = "passed"
                } else {
                    state = "still ahead"
                }
                lines.append(
                    "at the end, \(plain(end.stream.text)) at \(place) is \(state) for group \(plain(end.group.text))")
            }
        }
        return lines.sorted()
    }
}
