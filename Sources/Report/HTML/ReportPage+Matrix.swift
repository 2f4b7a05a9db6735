extension ReportPage {
    /// Configurations by faults, each cell with its answer and the number that it rests on.
    var matrix: HTML {
        guard !digest.faults.isEmpty else { return .element("p", [:], "There were no trials.") }
        let head = HTML.element(
            "thead", ["role": "rowgroup"],
            .element(
                "tr", ["role": "row"],
                .fragment(
                    [.element("th", ["scope": "col", "role": "columnheader"], "Configuration")]
                        + digest.faults.map {
                            .element("th", ["scope": "col", "role": "columnheader"], .text($0))
                        })))
        let rows = digest.configurations.map { row in
            HTML.element(
                "tr", ["role": "row"],
                .fragment([rowHead(row)] + digest.faults.map { cell(of: row, under: $0) }))
        }
        // A table that is shown as blocks on narrow screens is no table to some browsers unless it says so.
        return .fragment([
            .element(
                "table", ["class": "matrix", "role": "table"],
                .element("caption", [:], "Acknowledged events after each fault. A cell leads to its details."), head,
                .element("tbody", ["role": "rowgroup"], all: rows)),
            legend,
        ])
    }

    /// A line for each configuration.
    var inShort: HTML {
        let lines = InShort.lines(of: digest)
        guard !lines.isEmpty else { return .nothing }
        return .fragment([
            .element("p", [:], .text(InShort.title)),
            .element(
                "ul", ["class": "short"],
                all: lines.map { line in
                    .element(
                        "li", ["class": line.loses ? "bad" : "good"],
                        .element("span", ["class": "word"], .text(line.loses ? "✗ " : "✓ ")),
                        .element("b", [:], .text(line.configuration)), .text(" " + line.text + "."))
                }),
        ])
    }

    /// With a column for each fault most of the page would be empty.
    var isSparse: Bool {
        let there = digest.configurations.reduce(0) { sum, row in
            sum + digest.faults.count { !row.cells(under: $0).isEmpty || row.notApplicable.contains($0) }
        }
        return there * 2 < digest.configurations.count * digest.faults.count
    }

    private func rowHead(_ row: RunDigest.Row) -> HTML {
        var children: [HTML] = [.text(row.name)]
        if let configuration = row.configuration {
            let promise = configuration.promise.isEmpty ? "" : ": \(configuration.promise)"
            children.append(
                .element("span", ["class": "soft"], .text("\(row.system), ack \(configuration.ack)\(promise)")))
        } else {
            children.append(.element("span", ["class": "soft"], .text(row.system)))
        }
        return .element("th", ["scope": "row", "role": "rowheader"], all: children)
    }

    private func cell(of row: RunDigest.Row, under fault: String) -> HTML {
        let cells = row.cells(under: fault)
        var answers = cells.flatMap { [$0] + $0.apart }.map { answer(of: $0) }
        if cells.isEmpty {
            let answer = row.notApplicable.contains(fault) ? Answer.notApplicable : .absent
            answers = [
                .element(
                    "span", ["class": "answer none", "data-fault": fault],
                    .element("span", ["class": "word"], .text(answer.word)))
            ]
        }
        // One answer colours its whole cell, as high as the row is; several colour their own parts.
        let shown = cells.flatMap { [$0] + $0.apart }
        let tone = shown.count > 1 ? "several" : Self.tone(shown.first?.answer ?? .absent)
        // A narrow page, one line for each fault, leaves out those that the suite has no trial of.
        let isAbsent = shown.isEmpty && !row.notApplicable.contains(fault)
        return .element("td", ["role": "cell", "class": isAbsent ? tone + " absent" : tone], all: answers)
    }

    private func answer(of digest: CellDigest) -> HTML {
        let (number, rest) = digest.answerText
        let answer = digest.answer
        let details = [digest.cell.description ?? "", digest.circumstance ?? "", rest].filter { !$0.isEmpty }
        let control = self.digest.isControl(digest.cell) ? ["control"] : []
        return .element(
            "a",
            [
                "class": "answer \(Self.tone(answer))", "href": "#\(anchor(of: digest.cell))",
                "data-fault": digest.cell.fault,
            ],
            .element(
                "span", ["class": "word"], .text("\(MarkdownReport.symbol(answer)) \(answer.word)"),
                number.isEmpty ? .nothing : .element("strong", [:], .text(number))),
            .element("span", ["class": "rest"], .text((details + control).joined(separator: ", "))))
    }

    private var legend: HTML {
        let there = Set(digest.cells.flatMap { [$0] + $0.apart }.map(\.answer.word))
        let words: [(Answer, String)] = [
            (.holds, "no acknowledged event was lost in any of n valid trials, and nothing else was wrong"),
            (
                .bounded,
                "acknowledged events were lost, within the bound that the suite’s gate sets; the number is the loss window"
            ),
            (.loses, "acknowledged events were lost; the number is the share of them, in the worst trial"),
            (.wrong, "nothing was lost, but what came back is not what was sent"),
            (.unavailable, "nothing was lost, but no event was acknowledged after the fault"),
            (.invalid, "the fault had no effect, or the history has a gap: it says nothing"),
            (.failed, "the harness itself failed"), (.skipped, "this machine lacks what the trial needs"),
            (.apart, "each trial was in a circumstance that the gates except"),
        ]
        return .element(
            "dl", ["class": "legend"],
            all: words.filter { there.contains($0.0.word) }.flatMap { answer, text in
                [
                    HTML.element(
                        "dt", ["class": "state \(Self.tone(answer))"],
                        .text("\(MarkdownReport.symbol(answer)) \(answer.word)")),
                    .element("dd", [:], .text(text)),
                ]
            })
    }
}
