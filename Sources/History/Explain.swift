extension History {
    /// The life of one event in order of time, or a line for each event of an agent, as text for people.
    ///
    /// Everything in it comes from the history's records, so every number of a verdict can be traced to what was seen.
    /// Times are seconds from the trial's start.
    public func explain(agent: Int64, seq: Int64?) -> String {
        guard let seq else { return AgentSummary(self, agent: agent).text() }
        return EventLife(self, agent: agent, seq: seq).text()
    }
}

/// Seconds with microseconds.
func seconds(_ nanoseconds: Int64) -> String {
    let micros = (nanoseconds.magnitude + 500) / 1000
    let fraction = String(micros % 1_000_000)
    let sign = nanoseconds < 0 && micros > 0 ? "-" : ""
    return sign + "\(micros / 1_000_000)." + String(repeating: "0", count: 6 - fraction.count) + fraction
}

/// A span of time in the unit that suits it.
func span(_ nanoseconds: Int64) -> String {
    switch nanoseconds.magnitude {
    case ..<1_000: "\(nanoseconds) ns"
    case ..<1_000_000: "\(decimal(nanoseconds, 1_000)) µs"
    case ..<1_000_000_000: "\(decimal(nanoseconds, 1_000_000)) ms"
    default: "\(decimal(nanoseconds, 1_000_000_000)) s"
    }
}

/// `value / unit` with three decimals.
private func decimal(_ value: Int64, _ unit: UInt64) -> String {
    let part = value.magnitude % unit / (unit / 1000)
    let digits = String(part)
    return (value < 0 ? "-" : "") + "\(value.magnitude / unit)." + String(repeating: "0", count: 3 - digits.count)
        + digits
}

func padded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
}

/// Names and positions of records, whichever chunk they lie in.
struct RecordWords {
    let history: History

    func number(_ local: UInt32, _ chunk: RecordChunk) -> UInt32 { chunk.names?[Int(local)] ?? local }

    func name(_ local: UInt32, _ chunk: RecordChunk) -> String { plain(history.names[Int(number(local, chunk))].text) }

    func group(_ r: Record, _ chunk: RecordChunk) -> String {
        plain(history.groupNames[Int(chunk.groups?[Int(r.group)] ?? UInt32(r.group))].text)
    }

    func position(_ position: Position, _ form: Position.Form) -> String {
        form == .offset ? "\(position.major)" : "\(position.major)-\(position.minor)"
    }

    /// `STREAM at POSITION`
    func place(_ r: Record, _ chunk: RecordChunk) -> String {
        let stream = number(r.stream, chunk)
        return name(r.stream, chunk) + " at " + position(r.position, history.forms[stream] ?? .entry)
    }

    func log(_ r: Record) -> String {
        r.log == Record.none16 ? "" : " in log \(plain(history.header.logs[Int(r.log)].name.text))"
    }
}

/// Text of a history as a terminal may show it: whatever would move the cursor is replaced.
func plain(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) { return text }
    return String(
        text.unicodeScalars.map { $0.properties.generalCategory == .control ? "\u{FFFD}" : Character($0) })
}
