/// Figures lead to what they were computed from: those of a cell to its trials, those of a trial to its verdict. A link is
/// only made to what is there.
extension ReportPage {
    /// A figure that was computed from a cell's trials.
    func figure(_ text: String, of cell: Summary.Cell) -> HTML { figure(text, ofCellAt: index(of: cell)) }

    func figure(_ text: String, ofCellAt index: Int?) -> HTML {
        guard let index, text != Format.nothing else { return .text(text) }
        return .element("a", ["class": "figure", "href": "#\(Self.trialsAnchor(index))"], .text(text))
    }

    /// A figure of one trial, by its row among its cell's trials.
    func figure(_ text: String, of trial: TrialName) -> HTML {
        let index = summary.cells.firstIndex { $0.trials.contains { $0.directory == trial.directory } }
        guard let index else { return .text(text) }
        return .element("a", ["href": "#\(Self.anchor(of: trial.n, ofCellAt: index))"], .text(text))
    }

    /// A file of a trial's, where it is beside the report.
    func file(_ name: String, of trial: Summary.Trial, _ text: String) -> HTML {
        guard verdicts.contains(trial.directory), text != Format.nothing else { return .text(text) }
        return .element("a", ["class": "figure", "href": Self.link(Shell.path(trial.directory, name))], .text(text))
    }

    func index(of cell: Summary.Cell) -> Int? {
        summary.cells.firstIndex {
            $0.configuration == cell.configuration && $0.fault == cell.fault && $0.description == cell.description
        }
    }

    /// Where a cell's details are: by its place, since names may hold anything.
    func anchor(of cell: Summary.Cell) -> String { "cell-\(index(of: cell) ?? 0)" }

    /// Inside the details, so that a browser opens them for whoever comes by a link.
    static func trialsAnchor(_ index: Int) -> String { "cell-\(index)-trials" }

    static func anchor(of n: Int, ofCellAt index: Int) -> String { "cell-\(index)-trial-\(n)" }
}
