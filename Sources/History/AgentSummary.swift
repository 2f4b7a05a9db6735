/// A line for each event of one agent: what was tried, what came of it, where it stands, who was handed it.
struct AgentSummary {
    private struct Event {
        var first: Int64?
        var kind = ""
        var attempts = 0
        var acked = 0
        var failed = 0
        var entries: [Int64: Int] = [:]
        var deliveries = 0
    }

    private let agent: Int64
    private var events: [Int64: Event] = [:]
    private var passes: Set<Int64> = []

    init(_ history: History, agent: Int64) {
        self.agent = agent
        let words = RecordWords(history: history)
        for chunk in history.chunks {
            for record in chunk.records { take(record, chunk, words) }
        }
    }

    private mutating func take(_ r: Record, _ chunk: RecordChunk, _ words: RecordWords) {
        if r.type == .replay || r.type == .replayEnd { passes.insert(r.pass) }
        guard r.agent == agent, !r.has(Record.Flags.noAgent) else { return }
        switch r.type {
        case .attempt:
            let first = events[r.seq]?.first
            if first.map({ r.t < $0 }) ?? true {
                events[r.seq, default: Event()].first = r.t
                events[r.seq, default: Event()].kind = words.name(r.kind, chunk)
            }
            events[r.seq, default: Event()].attempts += 1
        case .outcome where r.outcome == .acked: events[r.seq, default: Event()].acked += 1
        case .outcome where r.outcome == .failed: events[r.seq, default: Event()].failed += 1
        case .replay where !r.has(Record.Flags.noSeq):
            events[r.seq, default: Event()].entries[r.pass, default: 0] += 1
        case .delivery where !r.has(Record.Flags.noSeq): events[r.seq, default: Event()].deliveries += 1
        default: break
        }
    }

    func text() -> String {
        if events.isEmpty { return "no record of agent \(agent)\n" }
        var lines = ["agent \(agent): \(events.count) events"]
        let width = events.keys.map { String($0).count }.max() ?? 0
        for (seq, event) in events.sorted(by: { $0.key < $1.key }) { lines.append(line(seq, event, width)) }
        return lines.joined(separator: "\n") + "\n"
    }

    private func line(_ seq: Int64, _ event: Event, _ width: Int) -> String {
        var parts: [String] = []
        if let first = event.first {
            let outcome =
                event.acked > 0 ? "acked" : event.failed == event.attempts ? "failed" : "unknown"
            let tries = event.attempts == 1 ? "" : " after \(event.attempts) attempts"
            parts.append("\(seconds(first)) s  \(event.kind), \(outcome)\(tries)")
        } else {
            parts.append("never attempted")
        }
        for pass in passes.sorted().prefix(8) {
            let count = event.entries[pass] ?? 0
            parts.append("pass \(pass): " + (count == 0 ? "nowhere" : count == 1 ? "there" : "\(count) times"))
        }
        parts.append(event.deliveries == 1 ? "1 delivery" : "\(event.deliveries) deliveries")
        return "  \(padded(String(seq), width))  " + parts.joined(separator: "; ")
    }
}
