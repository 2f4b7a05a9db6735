/// The comparison table for a terminal: plain text, no wider than asked.
public struct ComparisonTable {
    let digest: RunDigest
    private let directory: String
    let width: Int

    /// - Parameter directory: where the run is, for the commands to look closer.
    public init(_ summary: Summary, directory: String, width: Int = 120) {
        digest = RunDigest(summary)
        self.directory = directory
        self.width = max(width, 60)
    }

    /// Ends with a line feed.
    public func render() -> String {
        var lines: [String] = []
        let sections = [
            title, figures, latency, groups, gates, controls, claims, baseline, recommendation, troubles, conclusion,
        ]
        for section in sections where !section.isEmpty {
            if !lines.isEmpty { lines.append("") }
            lines += section
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private var title: [String] {
        let summary = digest.summary
        let ran = summary.cells.flatMap(\.trials).count { $0.status != .skipped }
        let parts = [
            summary.suite, Format.plural(ran, "trial"), Format.duration(summary.seconds), summary.lab,
            "seed \(summary.seed)",
        ]
        return DisplayWidth.wrap(parts.filter { !$0.isEmpty }.map(safe).joined(separator: " · "), to: width)
    }

    private var figures: [String] {
        guard !digest.configurations.isEmpty else { return [] }
        var columns = Columns([.left] + Array(repeating: .right, count: 10) + [.left])
        columns.rows.append(
            .cells(["", "lost", "of", "loss", "dupli-", "re-", "", "longest", "ack", "ack", "events", ""]))
        columns.rows.append(
            .cells([
                "fault", "events", "acked", "window", "cated", "ordered", "recovery", "gap", "p50", "p99", "a second",
                "valid",
            ]))
        for row in digest.configurations {
            columns.rows.append(.line(""))
            columns.rows.append(.line(heading(of: row)))
            for cell in row.cells {
                columns.rows.append(line(for: cell))
                columns.rows += cell.apart.map(line(for:))
            }
            for fault in row.notApplicable { columns.rows.append(.spanning("  \(safe(fault))", "not applicable")) }
        }
        return columns.lines(width: width) + [""] + notes.flatMap { DisplayWidth.wrap($0, to: width) }
    }

    private func heading(of row: RunDigest.Row) -> String {
        var parts = [row.system]
        if let configuration = row.configuration {
            parts += ["ack \(configuration.ack)", "retries \(configuration.retries)"]
        }
        return "\(safe(row.name))   \(parts.filter { !$0.isEmpty }.map(safe).joined(separator: " · "))"
    }

    private func line(for digest: CellDigest) -> Columns.Row {
        let name = "  " + safe(digest.circumstance.map { "  \($0)" } ?? digest.cell.fault)
        guard let lost = digest.lost else {
            guard digest.answer != .apart else { return .spanning(name, "each trial is set apart:") }
            let reason = digest.cell.trials.first { $0.status != .valid } ?? digest.cell.trials.first
            let text = reason.map { ": \(Remarks.reason(of: $0))" } ?? ""
            return .spanning(name, safe(digest.answer.word + text))
        }
        let mark = digest.saturated > 0 ? "*" : ""
        func worst(_ spread: Spread<Int64>?, _ format: (Int64) -> String) -> String {
            spread.map { format($0.highest) } ?? Format.nothing
        }
        func middle(_ spread: Spread<Int64>?) -> String {
            spread.map { Format.time($0.median) + mark } ?? Format.nothing
        }
        return .cells([
            name, Format.count(lost.part), digest.lostShare ?? Format.nothing,
            worst(digest.window, Format.window), worst(digest.duplicated, Format.count),
            worst(digest.reordered, Format.count),
            digest.recovery.map { Format.value($0.highest, .nanoseconds) } ?? Format.nothing,
            worst(digest.longestGap, Format.time), middle(digest.p50), middle(digest.p99),
            (digest.achieved.map { Format.rate($0.median) } ?? Format.nothing) + mark, trials(of: digest),
        ])
    }

    /// `3`, or `2 of 3`: what became of the others is listed below the table.
    private func trials(of digest: CellDigest) -> String {
        let valid = Format.count(digest.valid.count)
        return digest.valid.count == digest.cell.trials.count ? valid : "\(valid) of \(digest.cell.trials.count)"
    }

    private var notes: [String] {
        var notes: [String] = []
        let cells = digest.cells
        if cells.contains(where: { $0.lost != nil }) {
            notes.append(Remarks.spreads)
        }
        if cells.contains(where: { $0.saturated > 0 }) {
            notes.append("* " + Remarks.saturated)
        }
        for cell in cells {
            for apart in cell.apart {
                notes.append(
                    "\(place(cell.cell)): \(Format.count(apart.valid.count)) apart, \(safe(apart.circumstance ?? "")): "
                        + "a case of its own, which gates except.")
            }
            for finding in cell.otherWrong {
                notes.append("\(place(cell.cell)): \(safe(finding.name)) \(Format.count(finding.count)).")
            }
            let refused = cell.valid.reduce(0) { $0 + $1.refusedStarts }
            if refused > 0 {
                notes.append(
                    "\(place(cell.cell)): the server refused to start \(refused == 1 ? "once" : "\(refused) times").")
            }
        }
        return notes
    }

    private var gates: [String] {
        let outcomes = digest.summary.gates
        guard !outcomes.isEmpty else { return ["Gates", "  This suite has no gates: nothing here can fail."] }
        var columns = Columns([.left, .left, .left])
        for outcome in outcomes {
            columns.rows.append(
                .cells([
                    "  " + Remarks.word(held: outcome.held), safe(outcome.gate.description),
                    safe(Remarks.value(of: outcome)),
                ]))
            guard outcome.held == false, let worst = outcome.worst else { continue }
            columns.rows.append(.line("      \(safe(Remarks.place(of: worst)))"))
            for command in Remarks.commands(for: outcome, in: digest.summary, directory: directory) {
                columns.rows.append(.line("      \(safe(command))"))
            }
        }
        return ["Gates"] + unalignedIfWide(columns)
    }

    private var controls: [String] {
        let outcomes = digest.summary.controls
        guard !outcomes.isEmpty else {
            return ["Controls"] + DisplayWidth.wrap(Remarks.noControls, to: width - 2).map { "  \($0)" }
        }
        var columns = Columns([.left, .left, .left])
        for outcome in outcomes {
            columns.rows.append(
                .cells([
                    "  " + Remarks.word(found: outcome.found), safe(outcome.control.description),
                    safe(Remarks.found(outcome)),
                ]))
        }
        return ["Controls"] + unalignedIfWide(columns)
    }

    private var recommendation: [String] {
        guard let found = Recommendation(digest.summary) else { return [] }
        var lines = ["Which to take"] + indented(safe(RecommendationText.sentence(found)), by: 2)
        for candidate in found.candidates {
            let cells = RecommendationText.cells(candidate).map(safe)
            lines += indented("\(cells[0])  \(cells[1]): \(cells[2]); \(cells[3]) of server CPU an event", by: 2)
        }
        return lines
    }

    private var baseline: [String] {
        guard let baseline = digest.summary.baseline else { return [] }
        var columns = Columns(BaselineText.columns.map { _ in .left })
        for change in baseline.worse + baseline.better {
            let cells = BaselineText.cells(of: change).map(safe)
            columns.rows.append(.cells(["  " + cells[0]] + cells.dropFirst()))
        }
        let sentences = BaselineText.sentences(of: baseline).flatMap { DisplayWidth.wrap(safe($0), to: width - 2) }
        return ["Baseline"] + columns.wholeLines(columns.rows) + sentences.map { "  \($0)" }
    }

    /// Aligned if that fits; else each row's parts one below the other, so that nothing is cut.
    private func unalignedIfWide(_ columns: Columns) -> [String] {
        columns.rows.flatMap { row -> [String] in
            guard case .cells(let cells) = row else { return columns.wholeLines([row]) }
            let aligned = columns.wholeLines([row])
            if DisplayWidth.of(aligned[0]) <= width { return aligned }
            let first = columns.wholeLines([.cells([cells[0], cells[1], ""])])
            return first.flatMap { indented($0, by: 2) } + indented("      \(cells[2])", by: 6)
        }
    }

    func indented(_ text: String, by indent: Int) -> [String] {
        let spaces = String(repeating: " ", count: indent)
        return DisplayWidth.wrap(text, to: width - indent).enumerated().map { spaces + ($0 == 0 ? "" : "    ") + $1 }
    }

    private var troubles: [String] {
        var lines: [String] = []
        for (title, word) in [("Failed", Answer.failed), ("Invalid", .invalid), ("Skipped", .skipped)] {
            var seen: [(reason: String, places: [String])] = []
            for cell in digest.cells {
                let trials = word == .failed ? cell.failed : word == .invalid ? cell.invalid : cell.skipped
                for trial in trials {
                    let place = "\(place(cell.cell)), trial \(trial.n)"
                    let reason = safe(Remarks.reason(of: trial))
                    if let index = seen.firstIndex(where: { $0.reason == reason }) {
                        seen[index].places.append(place)
                    } else {
                        seen.append((reason, [place]))
                    }
                }
            }
            guard !seen.isEmpty else { continue }
            if !lines.isEmpty { lines.append("") }
            lines.append(title)
            for (reason, places) in seen {
                lines += indented(reason, by: 2) + indented(places.joined(separator: "; "), by: 6)
            }
        }
        return lines
    }

    private var conclusion: [String] {
        DisplayWidth.wrap("\(safe(digest.conclusion)) Exit \(digest.summary.exit).", to: width)
    }

    private func place(_ cell: Summary.Cell) -> String { "\(safe(cell.configuration)) × \(safe(cell.fault))" }
    func safe(_ text: String) -> String { DisplayWidth.printable(text) }
}
