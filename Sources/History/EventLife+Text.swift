extension EventLife {
    /// Faults and gaps this long before and after the event's own records are shown.
    private static let around: Int64 = 5_000_000_000
    private static let shownAtMost = 200

    func text() -> String {
        let name = "event \(seq) of agent \(agent)"
        guard !moments.isEmpty || !entries.isEmpty else { return "no record of \(name)\n" }
        var lines = [name + (kind.isEmpty ? ", which nobody attempted" : ", \(kind)")]
        lines.append("")
        lines += timeline()
        lines.append("")
        lines += log()
        lines += groupEnds()
        lines += neverDelivered()
        return lines.joined(separator: "\n") + "\n"
    }

    /// In order of time, and of the file where times are equal; with the faults and gaps around it.
    private func timeline() -> [String] {
        let own = moments.filter { !$0.around }
        let from = (own.map(\.t).min() ?? 0).subtractingReportingOverflow(EventLife.around).partialValue
        let until = (own.map(\.t).max() ?? .max).addingReportingOverflow(EventLife.around)
        let last = until.overflow ? Int64.max : until.partialValue
        var all = moments.filter { !$0.around || (from...last).contains($0.t) }
        let near = faults(from...last)
        for fault in history.faults where near.contains(fault.id) || (from...last).contains(fault.t) {
            var text = "fault \(fault.id), \(plain(fault.action))"
            if let node = fault.node { text += " \(plain(node))" }
            text += ": \(fault.phase.rawValue)"
            if let detail = fault.detail { text += " (\(plain(detail)))" }
            all.append(Moment(t: fault.t, text: text))
        }
        let sorted = all.enumerated().sorted { ($0.element.t, $0.offset) < ($1.element.t, $1.offset) }.map(\.element)
        var times: [Cover: Int] = [:]
        let width = sorted.map { seconds($0.t).count }.max() ?? 0
        var lines = sorted.prefix(EventLife.shownAtMost).map { moment in
            var text = "  \(padded(seconds(moment.t), width)) s  \(moment.text)"
            if let delivery = moment.delivery {
                times[delivery, default: 0] += 1
                if let count = times[delivery], count > 1 { text += ", the \(ordinal(count)) time" }
            }
            return text
        }
        if sorted.count > lines.count { lines.append("  and \(sorted.count - lines.count) more") }
        return lines
    }

    /// Faults that lasted into the span, or through it: all of their records are told.
    private func faults(_ span: ClosedRange<Int64>) -> Set<Int64> {
        var begun: [Int64: Int64] = [:]
        var near: Set<Int64> = []
        for fault in history.faults {
            if fault.phase != .end {
                begun[fault.id] = min(begun[fault.id] ?? .max, fault.t)
            } else if let start = begun[fault.id], start <= span.upperBound, fault.t >= span.lowerBound {
                near.insert(fault.id)
            }
        }
        return near
    }

    /// Groups that read a log in which it stands and were never handed it.
    private func neverDelivered() -> [String] {
        let delivered = Set(moments.compactMap { $0.delivery.map { history.groupNames[Int($0.group)] } })
        let streams = Set(spots.map { history.names[Int($0.stream)] })
        let reading = history.groups.filter { group in
            let name = group.log ?? history.header.logs.first?.name
            let log = history.header.logs.first { $0.name == name }
            return !spots.isEmpty && (log.map { !streams.isDisjoint(with: $0.streams) } ?? true)
        }
        return reading.map(\.name).filter { !delivered.contains($0) }.sorted().map {
            "never delivered to group \(plain($0.text))"
        }
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

/// 2nd, 3rd, 11th, 21st.
private func ordinal(_ number: Int) -> String {
    let ending = (11...13).contains(number % 100) ? 0 : number % 10
    return "\(number)" + (ending == 1 ? "st" : ending == 2 ? "nd" : ending == 3 ? "rd" : "th")
}
