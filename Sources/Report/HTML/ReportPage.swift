/// `report.html`: one file without scripts that needs no network. First the answer, then what it rests on.
struct ReportPage {
    let digest: RunDigest
    /// By the trial's directory.
    let timelines: [String: Timeline]
    /// Directories of trials whose files are where the summary says.
    let verdicts: Set<String>
    var summary: Summary { digest.summary }

    static func text(_ summary: Summary, timelines: [String: Timeline], verdicts: Set<String> = []) -> String {
        let page = ReportPage(digest: RunDigest(summary), timelines: timelines, verdicts: verdicts)
        return HTML.document(page.document)
    }

    private var document: HTML {
        .element(
            "html", ["lang": "en"],
            .element(
                "head", [:],
                .element("meta", ["charset": "utf-8"]),
                .element("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]),
                .element("meta", ["name": "color-scheme", "content": "light dark"]),
                // Whatever a name or a log line may hold, nothing is loaded and nothing runs.
                .element(
                    "meta",
                    [
                        "http-equiv": "Content-Security-Policy",
                        "content": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
                    ]),
                .element("title", [:], .text("\(summary.suite): Holdfast report")), .style(StyleSheet.text),
                .style(StyleSheet.matrixAsList, media: StyleSheet.listMedia(faults: digest.faults.count))),
            .element("body", [:], header, main, footer))
    }

    private var header: HTML {
        let ran = summary.cells.flatMap(\.trials).count { $0.status != .skipped }
        let facts = [
            summary.started, Format.plural(ran, "trial"), Format.duration(summary.seconds),
            summary.lab.isEmpty ? "" : "lab \(summary.lab)", "seed \(summary.seed)",
        ]
        return .element(
            "header", [:],
            .element("a", ["class": "skip", "href": "#answer"], "To the answer"),
            .element("h1", [:], .text(summary.suite)),
            .element(
                "p", ["class": "conclusion"],
                .element("span", ["class": "state \(conclusionTone)"], .text(conclusionSymbol)), " ",
                .text(digest.conclusion)),
            ClaimText.sentence(of: summary.claims).map { .element("p", ["class": "conclusion"], .text($0)) }
                ?? .nothing,
            .element(
                "p", ["class": "facts"], .text(facts.filter { !$0.isEmpty }.joined(separator: " · "))),
            .element(
                "nav", ["aria-label": "Sections"],
                all: sections.map { section in
                    .element("a", ["href": "#\(section.id)"], .text(section.title))
                }))
    }

    private var conclusionTone: String {
        switch summary.exit {
        case 0: "good"
        case 1: "bad"
        default: "odd"
        }
    }

    private var conclusionSymbol: String {
        switch summary.exit {
        case 0: "✓"
        case 1: "✗"
        default: "!"
        }
    }

    private var sections: [(id: String, title: String, content: HTML)] {
        [
            ("answer", "What holds", matrix), ("claims", "What is said of them", claims),
            ("recommendation", "Which to take", recommendation),
            ("cost", "What durability costs", cost), ("gates", "Gates", gates), ("controls", "Controls", controls),
            ("baseline", "Baseline", baseline), ("figures", "Figures", figures), ("troubles", "Not judged", troubles),
            ("cells", "Cells", cells),
            ("run", "This run", run),
        ].filter { section in
            if case .fragment(let children) = section.2 { return !children.isEmpty }
            return true
        }
    }

    private var main: HTML {
        .element(
            "main", [:],
            all: sections.map { section in
                .element(
                    "section", ["id": section.id, "aria-labelledby": "\(section.id)-title"],
                    .element("h2", ["id": "\(section.id)-title"], .text(section.title)), section.content)
            })
    }

    private var footer: HTML {
        .element(
            "footer", [:],
            .element(
                "p", [:], "Made by Holdfast from ", .element("a", ["href": "./summary.json"], "summary.json"),
                " beside this file, which has each trial’s verdict in full; ",
                verdicts.isEmpty
                    ? "the trials’ own files are not kept with this report."
                    : "every number can be traced to the history in its trial’s directory."))
    }
}

extension ReportPage {
    static func tone(_ answer: Answer) -> String {
        switch answer {
        case .holds: "good"
        case .bounded: "part"
        case .loses, .wrong, .unavailable: "bad"
        case .failed, .invalid: "odd"
        case .skipped, .notApplicable, .apart, .absent: "none"
        }
    }

    static func tone(_ good: Bool?) -> String { good.map { $0 ? "good" : "bad" } ?? "none" }
}
