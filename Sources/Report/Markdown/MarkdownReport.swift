/// `report.md`: the answer, gates and controls, figures and troubles, for a pull request or a step summary.
enum MarkdownReport {
    /// - Parameter verdicts: directories of trials whose files are where the summary says.
    static func text(_ summary: Summary, verdicts: Set<String> = []) -> String {
        let digest = RunDigest(summary)
        let sections = [
            title(digest), inShort(digest), matrix(digest), claims(summary), recommendation(summary), gates(summary),
            controls(summary), baseline(summary), figures(digest), latency(digest), groups(digest),
            troubles(digest), trials(summary, verdicts),
            footer(summary),
        ]
        return sections.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
    }

    private static func title(_ digest: RunDigest) -> [String] {
        let claims = ClaimText.sentence(of: digest.summary.claims).map { ["", escape($0)] } ?? []
        return [
            "# \(escape(digest.summary.suite))", "", "**\(escape(digest.conclusion))** Exit \(digest.summary.exit).",
        ]
            + claims
    }

    private static func inShort(_ digest: RunDigest) -> [String] {
        let lines = InShort.lines(of: digest)
        if lines.isEmpty { return [] }
        return [InShort.title, ""]
            + lines.map { "- \($0.loses ? "✗" : "✓") **\(escape($0.configuration))** \(escape($0.text))." }
    }

    private static func matrix(_ digest: RunDigest) -> [String] {
        guard !digest.faults.isEmpty else { return [] }
        var lines = row(["configuration"] + digest.faults.map(escape))
        lines += row(["---"] + digest.faults.map { _ in "---" })
        for configuration in digest.configurations {
            let cells = digest.faults.map { fault -> String in
                let cells = configuration.cells(under: fault)
                if cells.isEmpty {
                    return configuration.notApplicable.contains(fault) ? "not applicable" : Format.nothing
                }
                return cells.map { answer($0, in: digest.summary) }.joined(separator: "<br>")
            }
            lines += row(["**\(escape(configuration.name))**"] + cells)
        }
        return lines
    }

    private static func answer(_ digest: CellDigest, in summary: Summary) -> String {
        let (number, rest) = digest.answerText
        let place = place(of: digest.cell, in: summary)
        var text = "\(symbol(digest.answer)) \(digest.answer.word)"
        if !number.isEmpty { text += ": **\(linked(number, place))**" }
        if !rest.isEmpty { text += " (\(escape(rest)))" }
        for apart in digest.apart {
            text += "<br>\(escape(apart.circumstance ?? "")): \(answer(apart, in: summary))"
        }
        return text
    }

    static func symbol(_ answer: Answer) -> String {
        switch answer {
        case .holds: "✓"
        case .bounded: "◐"
        case .loses, .wrong, .unavailable: "✗"
        case .failed, .invalid: "!"
        case .skipped, .notApplicable, .absent, .apart: "–"
        }
    }

    private static func gates(_ summary: Summary) -> [String] {
        guard !summary.gates.isEmpty else { return ["## Gates", "", "This suite has no gates."] }
        var lines = ["## Gates", ""] + row(["", "gate", "value"]) + row(["---", "---", "---"])
        for outcome in summary.gates {
            var value = escape(Remarks.value(of: outcome))
            if outcome.held == false, let worst = outcome.worst {
                value += "<br>\(escape(Remarks.place(of: worst)))"
                for command in Remarks.commands(for: outcome, in: summary, directory: "") {
                    value += "<br>" + code(command)
                }
            }
            lines += row([Remarks.word(held: outcome.held), escape(outcome.gate.description), value])
        }
        return lines
    }

    private static func controls(_ summary: Summary) -> [String] {
        guard !summary.controls.isEmpty else { return ["## Controls", "", Remarks.noControls] }
        var lines = ["## Controls", ""] + row(["", "control", "trials"]) + row(["---", "---", "---"])
        for outcome in summary.controls {
            lines += row([
                Remarks.word(found: outcome.found), escape(outcome.control.description),
                escape(Remarks.found(outcome)),
            ])
        }
        return lines
    }

    private static func recommendation(_ summary: Summary) -> [String] {
        guard let found = Recommendation(summary) else { return [] }
        let names = RecommendationText.columns
        return ["## Which to take", "", escape(RecommendationText.sentence(found)), ""]
            + row(names.map { $0.lowercased() })
            + row(names.map { _ in "---" })
            + found.candidates.flatMap { row(RecommendationText.cells($0).map(escape)) } + [
                "", escape(RecommendationText.remark),
            ]
    }

    private static func baseline(_ summary: Summary) -> [String] {
        guard let baseline = summary.baseline else { return [] }
        var lines = ["## Baseline", ""] + BaselineText.sentences(of: baseline).map(escape)
        let changes = baseline.worse + baseline.better
        if changes.isEmpty { return lines }
        lines += [""] + row(BaselineText.columns.map { $0.lowercased() }) + row(BaselineText.columns.map { _ in "---" })
        return lines + changes.flatMap { row(BaselineText.cells(of: $0).map(escape)) }
    }

    private static func figures(_ digest: RunDigest) -> [String] {
        let cells = digest.cells.flatMap { [$0] + $0.apart }.filter { $0.lost != nil }
        guard !cells.isEmpty else { return [] }
        let names =
            [
                "configuration", "fault", "lost", "of acked", "window", "duplicated", "reordered", "recovery",
                "longest gap", "ack p50", "ack p99",
            ] + (digest.hasTurns ? ["turn p50", "turn p99"] : []) + ["events/s", "valid"]
        var lines = ["## Figures", ""] + row(names)
        lines += row(["---", "---"] + names.dropFirst(2).map { _ in "---:" })
        for cell in cells {
            let (names, numbers) = figures(of: cell, hasTurns: digest.hasTurns)
            lines += row(names + numbers.map { linked($0, place(of: cell.cell, in: digest.summary)) })
        }
        lines += [
            "", Remarks.spreads,
        ]
        for sentence in KeepingUp.sentences(of: digest) { lines += ["", escape(sentence)] }
        if cells.contains(where: { $0.saturated > 0 }) {
            lines.append("\\* " + Remarks.saturated)
        }
        return lines
    }

    private static func figures(of digest: CellDigest, hasTurns: Bool) -> (names: [String], numbers: [String]) {
        let mark = digest.saturated > 0 ? "\\*" : ""
        let fault = digest.cell.fault + (digest.circumstance.map { ", \($0)" } ?? "")
        let row = digest.cell.description.map { " (\($0))" } ?? ""
        func middle(_ spread: Spread<Int64>?) -> String {
            (spread.map { Format.time($0.median) } ?? Format.nothing) + mark
        }
        let numbers =
            [
                digest.lost.map { Format.count($0.part) } ?? "",
                escape(digest.lostShare ?? ""),
                escape(digest.window.map { Format.window($0.highest) } ?? Format.nothing),
                digest.duplicated.map { Format.count($0.highest) } ?? Format.nothing,
                digest.reordered.map { Format.count($0.highest) } ?? Format.nothing,
                digest.recovery.map { Format.value($0.highest, .nanoseconds) } ?? Format.nothing,
                digest.longestGap.map { Format.time($0.highest) } ?? Format.nothing,
                middle(digest.p50), middle(digest.p99),
            ] + (hasTurns ? [middle(digest.turn50), middle(digest.turn99)] : []) + [
                (digest.achieved.map { Format.rate($0.median) } ?? Format.nothing) + mark,
                "\(digest.valid.count) of \(digest.cell.trials.count)",
            ]
        return ([escape(digest.cell.configuration), escape(fault + row)], numbers)
    }

    /// Of each cell with a fault, or with turns.
    private static func latency(_ digest: RunDigest) -> [String] {
        let rows = digest.cells.flatMap { [$0] + $0.apart }.compactMap { cell -> [String]? in
            guard let latency = cell.latency else { return nil }
            let fault = cell.cell.fault + (cell.circumstance.map { ", \($0)" } ?? "")
            let place = place(of: cell.cell, in: digest.summary)
            return row([escape(cell.cell.configuration), escape(fault)] + latency.cells.map { linked($0, place) })
        }
        if rows.isEmpty { return [] }
        let names = ["configuration", "fault"] + LatencyOverview.columns.map { $0.lowercased() }
        let marks = names.indices.map { $0 < 2 ? "---" : "---:" }
        return ["## Latency", ""] + row(names) + row(marks) + rows.flatMap { $0 } + ["", LatencyOverview.remark]
    }

    /// Of each cell its groups.
    private static func groups(_ digest: RunDigest) -> [String] {
        let rows = digest.cells.flatMap { [$0] + $0.apart }.flatMap { cell in
            let place = place(of: cell.cell, in: digest.summary)
            return GroupDigest.all(in: cell.valid).map { group in
                let fault = cell.cell.fault + (cell.circumstance.map { ", \($0)" } ?? "")
                let names = [escape(cell.cell.configuration), escape(fault), escape(group.name)]
                return row(names + group.cells.map { linked($0, place) })
            }
        }
        if rows.isEmpty { return [] }
        let names = ["configuration", "fault", "group"] + GroupDigest.columns.map { $0.lowercased() }
        let marks = names.indices.map { $0 < 3 ? "---" : "---:" }
        return ["## Groups", ""] + row(names) + row(marks) + rows.flatMap { $0 } + ["", GroupDigest.remark]
    }

    private static func troubles(_ digest: RunDigest) -> [String] {
        let lines = digest.cells.flatMap { cell in
            cell.cell.trials.filter { !$0.isJudged }.map { trial in
                let word = trial.isInvalid ? "invalid" : trial.status.rawValue
                let place = "\(cell.cell.configuration) × \(cell.cell.fault), trial \(trial.n)"
                return "- **\(word)**: \(escape(place)): \(escape(Remarks.reason(of: trial)))"
            }
        }
        return lines.isEmpty ? [] : ["## Not judged", ""] + lines
    }

    private static func footer(_ summary: Summary) -> [String] {
        let versions = summary.versions.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        let machine = summary.machine
        let parts =
            versions + [
                Format.plural(machine.cores, "core"), Format.bytes(machine.memoryBytes),
                summary.versions["kernel"] == nil ? machine.kernel : "", machine.filesystem, summary.lab,
                "seed \(summary.seed)", summary.started, Format.duration(summary.seconds),
            ]
        return ["---", "", escape(parts.filter { !$0.isEmpty }.joined(separator: " · "))]
    }

    static func row(_ cells: [String]) -> [String] { ["| " + cells.joined(separator: " | ") + " |"] }

    /// Text that Markdown and the HTML in it take literally.
    static func escape(_ text: String) -> String {
        var escaped = ""
        for character in DisplayWidth.printable(text) {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\\", "`", "*", "_", "[", "]", "|", "#", "~": escaped += "\\\(character)"
            default: escaped.append(character)
            }
        }
        return escaped
    }

    /// A command in a table's cell, as HTML: a backtick quote cannot hold a `|` there. Markdown looks for its marks
    /// between HTML tags, too, but not in character references.
    private static func code(_ text: String) -> String {
        var escaped = ""
        for character in DisplayWidth.printable(text) {
            if let byte = character.asciiValue, "\\`*_[]|#~".utf8.contains(byte) {
                escaped += "&#\(byte);"
            } else {
                Markup.escape(String(character), to: &escaped)
            }
        }
        return "<code>\(escaped)</code>"
    }
}
