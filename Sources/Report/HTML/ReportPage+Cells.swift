import Checker

extension ReportPage {
    /// Each cell: what its trials say, what was done to them, and how to run it again.
    var cells: HTML {
        guard !summary.cells.isEmpty else { return .nothing }
        return .fragment(
            digest.configurations.filter { !$0.cells.isEmpty }.flatMap { row in
                [.element("h3", [:], .text(row.name))] + row.cells.map { details(of: $0) }
            })
    }

    private func details(of digest: CellDigest) -> HTML {
        let cell = digest.cell
        let all = [digest] + digest.apart
        let trials = all.flatMap(\.cell.trials).sorted { $0.n < $1.n }
        let (number, rest) = digest.answerText
        let title = [cell.description ?? "", [number, rest].filter { !$0.isEmpty }.joined(separator: " · ")]
        let summaryLine = HTML.element(
            "summary", [:], .element("span", ["class": "name"], .text(cell.fault)),
            .element(
                "span", ["class": "state \(Self.tone(digest.answer))"],
                .text("\(MarkdownReport.symbol(digest.answer)) \(digest.answer.word)")),
            .element("span", ["class": "soft"], .text(title.filter { !$0.isEmpty }.joined(separator: " · "))))
        var inside = all.map { HTML.element("p", [:], .text(CellText.sentence(of: $0))) }
        inside += all.flatMap { CellText.others(of: $0) }.map { .element("p", [:], .text($0)) }
        inside.append(trialsTable(trials, of: cell))
        inside += all.map { groupsTable(of: $0) }
        inside.append(shardsTable(of: trials))
        inside += trials.map { happened(in: $0) }
        inside += [
            .element("h4", [:], "Run just this cell again"),
            .element("pre", [:], .text(CellText.rerun(cell, of: summary))),
        ]
        let isOpen = ![.holds, .skipped].contains(digest.answer) || !digest.apart.isEmpty
        let id = anchor(of: cell)
        return .element(
            "details", isOpen ? ["id": id, "open": "open"] : ["id": id], summaryLine,
            .element("div", ["class": "inside"], all: inside))
    }

    /// Its groups, if it has any.
    private func groupsTable(of digest: CellDigest) -> HTML {
        let groups = GroupDigest.all(in: digest.valid)
        if groups.isEmpty { return .nothing }
        let rows = groups.map { group in
            HTML.element(
                "tr", [:],
                .fragment(
                    [.element("th", ["scope": "row", "class": "nowrap"], .text(group.name))]
                        + group.cells.map { .element("td", ["class": "number"], figure($0, of: digest.cell)) }))
        }
        let title = digest.circumstance.map { "Groups, \($0)" } ?? "Groups"
        return .fragment([
            .element("h4", [:], .text(title)),
            .element(
                "div", ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": title],
                .element(
                    "table", ["class": "trials groups"], Self.head(["Group"] + GroupDigest.columns, numbersFrom: 1),
                    .element("tbody", [:], all: rows))),
            .element("p", ["class": "note"], .text(GroupDigest.remark)),
        ])
    }

    /// Its shards, if it has any: where one of three primaries dies, a third of the agents stands still.
    private func shardsTable(of trials: [Summary.Trial]) -> HTML {
        let rows = trials.filter(\.isJudged).flatMap { trial in
            (trial.verdict?.shards ?? [:]).sorted { $0.key < $1.key }.map { name, shard in
                HTML.element(
                    "tr", [:],
                    .fragment(
                        [.element("th", ["scope": "row", "class": "nowrap"], .text("\(trial.n), \(name)"))]
                            + CellText.figures(of: shard).map {
                                .element("td", ["class": "number"], file(Reporter.verdictFile, of: trial, $0))
                            }))
            }
        }
        if rows.isEmpty { return .nothing }
        return .fragment([
            .element("h4", [:], "Shards"),
            .element(
                "div", ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": "Shards"],
                .element(
                    "table", ["class": "trials"],
                    Self.head(
                        [
                            "Trial, shard (its primary at the start)", "Tried", "Acked", "Lost", "Longest gap", "p50",
                            "p99",
                            "Max",
                        ],
                        numbersFrom: 1),
                    .element("tbody", [:], all: rows))),
        ])
    }

    private func trialsTable(_ trials: [Summary.Trial], of cell: Summary.Cell) -> HTML {
        let names = [
            "Trial", "Seed", "Lost", "of acked", "Window", "Duplicated", "Reordered", "Recovery", "Longest gap", "p50",
            "p99", "p99.9", "Max", "Events/s",
        ]
        let index = index(of: cell) ?? 0
        let rows = trials.map { trial -> HTML in
            let id = Self.anchor(of: trial.n, ofCellAt: index)
            let name = HTML.element(
                "th", ["scope": "row", "class": "nowrap"],
                file(Reporter.verdictFile, of: trial, "\(trial.n)"),
                trial.circumstances.isEmpty
                    ? .nothing : .text(" " + trial.circumstances.map(\.name).joined(separator: ", ")))
            let seed = HTML.element("td", ["class": "number"], .text("\(trial.seed)"))
            guard trial.isJudged, let verdict = trial.verdict else {
                let word = trial.isInvalid ? "invalid" : trial.status.rawValue
                return .element(
                    "tr", ["id": id], name, seed,
                    .element(
                        "td", ["class": "soft", "colspan": "\(names.count - 2)"],
                        .text("\(word): \(Remarks.reason(of: trial))")))
            }
            return .element(
                "tr", ["id": id],
                .fragment(
                    [name, seed]
                        + CellText.figures(of: verdict, trial, cell).map {
                            .element("td", ["class": "number"], file(Reporter.verdictFile, of: trial, $0))
                        }))
        }
        return .element(
            "div",
            [
                "class": "scroll", "tabindex": "0", "role": "region", "aria-label": "Trials",
                "id": Self.trialsAnchor(index),
            ],
            .element("table", ["class": "trials"], Self.head(names, numbersFrom: 1), .element("tbody", [:], all: rows)))
    }

    /// The plot, the faults as recorded, and the commands that did them.
    private func happened(in trial: Summary.Trial) -> HTML {
        var parts: [HTML] = []
        if let timeline = timelines[trial.directory] {
            parts.append(TimelinePlot.figure(timeline, faults: trial.faults, title: "Trial \(trial.n)"))
        }
        for circumstance in trial.circumstances {
            parts.append(.element("p", [:], .text("Trial \(trial.n), \(circumstance.name): \(circumstance.detail).")))
        }
        if !trial.faults.isEmpty {
            parts.append(.element("h4", [:], .text("Faults of trial \(trial.n), as recorded")))
            parts.append(
                .element(
                    "div", ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": "Faults"],
                    .element(
                        "table", [:], Self.head(["At", "Fault", "Node", "Phase", "Seen"]),
                        .element(
                            "tbody", [:],
                            all: trial.faults.map { mark in
                                .element(
                                    "tr", [:],
                                    all: [
                                        CellText.seconds(mark.t), "\(mark.id) \(mark.action)", mark.node ?? "",
                                        mark.phase,
                                        mark.detail ?? "",
                                    ].enumerated().map { index, text in
                                        .element("td", ["class": index == 4 ? "seen" : "nowrap"], .text(text))
                                    })
                            }))))
        }
        if !trial.commands.isEmpty {
            parts.append(.element("h4", [:], .text("Commands of trial \(trial.n)")))
            parts.append(.element("pre", [:], .text(trial.commands.joined(separator: "\n"))))
        }
        return .fragment(parts)
    }
}
