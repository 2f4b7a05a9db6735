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
                    [Self.state(cells[0], Self.tone(good))] + cells.dropFirst().map { .element("td", [:], .text($0)) }))
        }
        return .fragment([
            .element("p", [:], .text(RecommendationText.sentence(found))),
            .element(
                "table", ["class": "stack"], Self.head(RecommendationText.columns), .element("tbody", [:], all: rows)),
            .element("p", ["class": "note"], .text(RecommendationText.remark)),
        ])
    }

    /// What durability costs: a scatter plot, and its points as a table.
    var cost: HTML { CostPlot(digest).map(\.figure) ?? .fragment([]) }
}
