extension MarkdownReport {
    /// Each trial: where the figures above lead to.
    static func trials(_ summary: Summary, _ verdicts: Set<String>) -> [String] {
        var lines: [String] = []
        for (index, cell) in summary.cells.enumerated() {
            let judged = cell.trials.filter(\.isJudged)
            for (place, trial) in judged.enumerated() {
                guard let verdict = trial.verdict else { continue }
                let anchor = place == 0 ? "<a id=\"cell-\(index)\"></a>" : ""
                let number = Format.count(trial.n)
                let file = ReportPage.link(Shell.path(trial.directory, Reporter.verdictFile))
                lines += row(
                    [
                        anchor + escape(cell.configuration), escape(cell.fault),
                        verdicts.contains(trial.directory) ? "[\(number)](\(file))" : number, "\(trial.seed)",
                    ] + CellText.figures(of: verdict, trial, cell).map(escape))
            }
        }
        if lines.isEmpty { return [] }
        let names = [
            "configuration", "fault", "trial", "seed", "lost", "of acked", "window", "duplicated", "reordered",
            "recovery",
            "longest gap", "p50", "p99", "p99.9", "max", "events/s",
        ]
        return ["## Trials", ""] + row(names) + row(names.indices.map { $0 < 3 ? "---" : "---:" }) + lines
    }

    /// What is said of the brokers, beside what was measured and where.
    static func claims(_ summary: Summary) -> [String] {
        guard let claims = summary.claims, !claims.isEmpty else { return [] }
        let rows = claims.flatMap { outcome in
            let rest = ClaimText.rest(outcome)
            let measured = outcome.measured.map { measured in
                linked(escape(ClaimText.figure(measured, of: outcome.claim)), place(of: measured, in: summary))
                    + " (\(escape(ClaimText.place(measured, of: outcome.claim))))"
            }
            return row([
                "**\(ClaimText.word(outcome.verdict))**" + (rest.isEmpty ? "" : " \(escape(rest))"),
                "\(escape(outcome.claim.says)) (\(escape(outcome.claim.source)))",
                escape(ClaimText.said(outcome.claim)),
                measured.isEmpty ? Format.nothing : measured.joined(separator: "<br>"),
            ])
        }
        return ["## What is said of them", ""] + row(["verdict", "what is said", "said", "measured here"])
            + row(["---", "---", "---", "---"]) + rows + ["", ClaimText.remark]
    }

    static func place(of cell: Summary.Cell, in summary: Summary) -> Int? {
        summary.cells.firstIndex {
            $0.configuration == cell.configuration && $0.fault == cell.fault && $0.description == cell.description
                && $0.trials.contains(where: \.isJudged)
        }
    }

    private static func place(of measured: ClaimOutcome.Measured, in summary: Summary) -> Int? {
        summary.cells.firstIndex {
            $0.configuration == measured.configuration && $0.fault == measured.fault
                && $0.description == measured.description
        }
    }

    /// A figure that leads to its trials; what is none leads nowhere.
    static func linked(_ text: String, _ cell: Int?) -> String {
        guard let cell, text != Format.nothing, !text.isEmpty else { return text }
        return "[\(text)](#cell-\(cell))"
    }
}
