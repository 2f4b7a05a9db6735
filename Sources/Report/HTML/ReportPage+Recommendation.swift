extension ReportPage {
    /// Who meets the suite's objectives.
    var recommendation: HTML {
        guard let found = Recommendation(summary) else { return .fragment([]) }
        let rows = found.candidates.map { candidate in
            let cells = RecommendationText.cells(candidate)
            let good: Bool? =
                switch candidate.standing {
                case .meets: true
                case .fails: false
                case .notShown: nil
                }
            return HTML.element(
                "tr", [:],
                .fragment(
                    [
                        Self.state(cells[0], Self.tone(good)), .element("td", [:], .text(cells[1])),
                        .element("td", [:], why(candidate) ?? .text(cells[2])),
                        .element("td", [:], figure(cells[3], ofCellAt: calm(candidate))),
                        .element("td", [:], .text(cells[4])),
                    ]))
        }
        return .fragment([
            .element("p", [:], .text(RecommendationText.sentence(found))),
            .element(
                "table", ["class": "stack"], Self.head(RecommendationText.columns), .element("tbody", [:], all: rows)),
            .element("p", ["class": "note"], .text(RecommendationText.remark)),
        ])
    }

    /// What durability costs: a scatter plot, and its points as a table.
    var cost: HTML { CostPlot(digest).map { $0.figure { figure($0, of: $1) } } ?? .fragment([]) }

    /// Each objective that was missed, its value leading to the trial.
    private func why(_ candidate: Recommendation.Candidate) -> HTML? {
        guard case .fails(let failures) = candidate.standing else { return nil }
        return .fragment(
            failures.enumerated().flatMap { index, failure -> [HTML] in
                let text = RecommendationText.value(of: failure)
                return [
                    .text((index > 0 ? "; " : "") + failure.objective + ": "),
                    failure.place.map { figure(text, of: $0) } ?? .text(text),
                ]
            })
    }

    /// The cell that a candidate's cost is from.
    private func calm(_ candidate: Recommendation.Candidate) -> Int? {
        let own = summary.cells.indices.filter { summary.cells[$0].configuration == candidate.name }
        return own.first { summary.cells[$0].fault == "none" } ?? own.first
    }
}
