extension ReportPage {
    /// What got worse and what got better since an earlier run.
    var baseline: HTML {
        guard let baseline = summary.baseline else { return .fragment([]) }
        let rows = (baseline.worse + baseline.better).map { change in
            let cells = BaselineText.cells(of: change)
            return HTML.element(
                "tr", [:],
                .fragment(
                    [Self.state(cells[0], Self.tone(!change.isWorse))]
                        + cells.dropFirst().enumerated().map { index, text in
                            .element("td", [:], index == 4 ? figure(text, ofCellAt: place(of: change)) : .text(text))
                        }))
        }
        let table = HTML.element(
            "table", ["class": "stack"], Self.head(BaselineText.columns), .element("tbody", [:], all: rows))
        return .fragment(
            BaselineText.sentences(of: baseline).map { .element("p", [:], .text($0)) } + (rows.isEmpty ? [] : [table]))
    }

    private func place(of change: Baseline.Change) -> Int? {
        summary.cells.firstIndex { $0.configuration == change.configuration && $0.fault == change.fault }
    }
}
