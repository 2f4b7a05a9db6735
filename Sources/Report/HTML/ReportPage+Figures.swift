extension ReportPage {
    private var names: [String] {
        [
            "Fault", "Lost", "of acked", "Window", "Duplicated", "Reordered", "Recovery", "Longest gap", "Ack p50",
            "Ack p99",
        ] + (digest.hasTurns ? ["Turn p50", "Turn p99"] : []) + ["Events/s", "Valid"]
    }

    /// The comparison table: the same figures as in the terminal.
    var figures: HTML {
        guard digest.cells.contains(where: { $0.lost != nil || !$0.apart.isEmpty }) else { return .nothing }
        let groups = digest.configurations.map { row -> HTML in
            let title = HTML.element(
                "tr", [:], .element("th", ["scope": "rowgroup", "colspan": "\(names.count)"], .text(row.name)))
            let rows = row.cells.flatMap { cell in [line(cell)] + cell.apart.map { line($0) } }
            let others = row.notApplicable.map { spanning($0, "not applicable") }
            return .element("tbody", [:], all: [title] + rows + others)
        }
        let isSaturated = digest.cells.contains { $0.saturated > 0 }
        return .fragment([
            .element(
                "div", ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": "Figures"],
                .element(
                    "table", ["class": "figures"], .fragment([Self.head(names, numbersFrom: 1)] + groups))),
            .element("p", ["class": "note"], .text(Remarks.spreads)),
            isSaturated ? .element("p", ["class": "note"], .text("* " + Remarks.saturated)) : .nothing,
            latencyFigures, groupFigures,
        ])
    }

    /// Latency around each fault, and of whole turns.
    private var latencyFigures: HTML {
        let names = ["Fault"] + LatencyOverview.columns
        let rows = digest.configurations.compactMap { row -> HTML? in
            let lines = row.cells.flatMap { [$0] + $0.apart }.compactMap { cell -> HTML? in
                guard let latency = cell.latency else { return nil }
                return .element(
                    "tr", ["class": cell.circumstance == nil ? "own" : "apart"],
                    .fragment(
                        [.element("th", ["scope": "row"], .text(cell.circumstance ?? cell.cell.fault))]
                            + latency.cells.map { .element("td", ["class": "number"], .text($0)) }))
            }
            if lines.isEmpty { return nil }
            let title = HTML.element(
                "tr", [:], .element("th", ["scope": "rowgroup", "colspan": "\(names.count)"], .text(row.name)))
            return .element("tbody", [:], all: [title] + lines)
        }
        if rows.isEmpty { return .nothing }
        return .fragment([
            .element("h3", [:], "Latency"),
            .element(
                "div", ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": "Latency"],
                .element("table", ["class": "figures"], .fragment([Self.head(names, numbersFrom: 1)] + rows))),
            .element("p", ["class": "note"], .text(LatencyOverview.remark)),
        ])
    }

    /// Lost events beside what became of the others at the groups.
    private var groupFigures: HTML {
        let names = ["Fault", "Lost"] + GroupOverview.columns
        let rows = digest.configurations.compactMap { row -> HTML? in
            let lines = row.cells.flatMap { [$0] + $0.apart }.compactMap { cell -> HTML? in
                guard let lost = cell.lost, let groups = cell.groups else { return nil }
                let numbers = [Format.count(lost.part)] + groups.cells
                return .element(
                    "tr", ["class": cell.circumstance == nil ? "own" : "apart"],
                    .fragment(
                        [.element("th", ["scope": "row"], .text(cell.circumstance ?? cell.cell.fault))]
                            + numbers.map { .element("td", ["class": "number"], figure($0, of: cell.cell)) }))
            }
            if lines.isEmpty { return nil }
            let title = HTML.element(
                "tr", [:], .element("th", ["scope": "rowgroup", "colspan": "\(names.count)"], .text(row.name)))
            return .element("tbody", [:], all: [title] + lines)
        }
        if rows.isEmpty { return .nothing }
        return .fragment(
            [
                .element("h3", [:], "Groups"),
                .element(
                    "div", ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": "Groups"],
                    .element("table", ["class": "figures"], .fragment([Self.head(names, numbersFrom: 1)] + rows))),
                .element("p", ["class": "note"], .text(Remarks.groups)),
            ] + KeepingUp.sentences(of: digest).map { .element("p", [:], .text($0)) })
    }

    private func line(_ digest: CellDigest) -> HTML {
        let name = digest.circumstance ?? digest.cell.fault
        guard let lost = digest.lost else {
            let text = digest.answer == .apart ? "each trial is set apart:" : digest.answer.word
            return spanning(name, text)
        }
        let mark = digest.saturated > 0 ? "*" : ""
        func middle(_ spread: Spread<Int64>?) -> String? { spread.map { Format.time($0.median) + mark } }
        let turns = self.digest.hasTurns ? [middle(digest.turn50), middle(digest.turn99)] : []
        let numbers =
            [
                Format.count(lost.part), digest.lostShare ?? Format.nothing,
                digest.window.map { Format.window($0.highest) }, digest.duplicated.map { Format.count($0.highest) },
                digest.reordered.map { Format.count($0.highest) },
                digest.recovery.map { Format.value($0.highest, .nanoseconds) },
                digest.longestGap.map { Format.time($0.highest) }, middle(digest.p50), middle(digest.p99),
            ] + turns + [
                digest.achieved.map { Format.rate($0.median) + mark },
                "\(digest.valid.count) of \(digest.cell.trials.count)",
            ]
        return .element(
            "tr", ["class": digest.circumstance == nil ? "own" : "apart"],
            .fragment(
                [.element("th", ["scope": "row"], .text(name))]
                    + numbers.map {
                        .element("td", ["class": "number"], figure($0 ?? Format.nothing, of: digest.cell))
                    }))
    }

    private func spanning(_ name: String, _ text: String) -> HTML {
        .element(
            "tr", [:], .element("th", ["scope": "row"], .text(name)),
            .element("td", ["class": "soft", "colspan": "\(names.count - 1)"], .text(text)))
    }
}
