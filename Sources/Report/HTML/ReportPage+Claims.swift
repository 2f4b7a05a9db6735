extension ReportPage {
    /// What is said of the brokers, beside what was measured and where.
    var claims: HTML {
        guard let claims = summary.claims, let sentence = ClaimText.sentence(of: claims) else { return .fragment([]) }
        let rows = claims.map { outcome in
            HTML.element(
                "tr", ["id": "claim-\(outcome.claim.id)"], Self.verdict(of: outcome),
                .element(
                    "td", [:], .text(outcome.claim.says),
                    .element("span", ["class": "source"], .text(outcome.claim.source))),
                .element("td", ["data-name": "Said"], .text(ClaimText.said(outcome.claim))), measured(outcome))
        }
        return .fragment([
            .element("p", [:], .text(sentence)),
            .element(
                "table", ["class": "stack claims"], Self.head(ClaimText.columns), .element("tbody", [:], all: rows)),
            .element("p", ["class": "note"], .text(ClaimText.remark)),
        ])
    }

    private static func verdict(of outcome: ClaimOutcome) -> HTML {
        let rest = ClaimText.rest(outcome)
        return .element(
            "td", ["class": "verdict"],
            .element("span", ["class": "state \(tone(outcome.verdict))"], .text(ClaimText.word(outcome.verdict))),
            rest.isEmpty ? .nothing : .element("span", ["class": "source"], .text(rest)))
    }

    static func tone(_ verdict: ClaimOutcome.Verdict) -> String {
        switch verdict {
        case .holds: "good"
        case .onlyIf: "part"
        case .doesNot: "bad"
        case .untestable: "none"
        case .notMeasured: "odd"
        }
    }

    private func cellIndex(_ measured: ClaimOutcome.Measured) -> Int? {
        summary.cells.firstIndex {
            $0.configuration == measured.configuration && $0.fault == measured.fault
                && $0.description == measured.description
        }
    }

    private func measured(_ outcome: ClaimOutcome) -> HTML {
        guard !outcome.measured.isEmpty else {
            return .element("td", ["data-name": "Measured"], .text(Format.nothing))
        }
        let lines = outcome.measured.map { measured in
            HTML.element(
                "div", [:],
                figure(ClaimText.figure(measured, of: outcome.claim), ofCellAt: cellIndex(measured)),
                .element("span", ["class": "source"], .text(ClaimText.place(measured, of: outcome.claim))))
        }
        let name = HTML.element("span", ["class": "source"], .text(ClaimText.name(outcome.claim)))
        return .element("td", ["data-name": "Measured"], .fragment(lines + [name]))
    }
}
