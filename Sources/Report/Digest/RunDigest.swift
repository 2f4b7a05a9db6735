/// A run as every report shows it: configurations by faults, gates, controls, and what did not come about.
struct RunDigest {
    let summary: Summary
    /// In the suite's order.
    let configurations: [Row]
    let faults: [String]

    struct Row {
        var name: String
        var system: String
        var configuration: Summary.Configuration?
        var cells: [CellDigest]
        var notApplicable: [String]

        /// What the row has under a fault; a suite may have the same fault twice, with other parameters.
        func cells(under fault: String) -> [CellDigest] { cells.filter { $0.cell.fault == fault } }
    }

    init(_ summary: Summary) {
        self.summary = summary
        var names = summary.configurations.map(\.name)
        for name in summary.cells.map(\.configuration) + summary.notApplicable.map(\.configuration)
        where !names.contains(name) {
            names.append(name)
        }
        var faults: [String] = []
        for fault in summary.cells.map(\.fault) + summary.notApplicable.map(\.fault) where !faults.contains(fault) {
            faults.append(fault)
        }
        // `none` is what the others are compared with.
        self.faults = faults.filter { $0 == "none" } + faults.filter { $0 != "none" }
        configurations = names.map { name in
            let cells = summary.cells.filter { $0.configuration == name }
            let configuration = summary.configurations.first { $0.name == name }
            return Row(
                name: name, system: configuration?.system ?? cells.first?.system ?? "", configuration: configuration,
                cells: cells.map { CellDigest($0, gates: summary.gates) },
                notApplicable: summary.notApplicable.filter { $0.configuration == name }.map(\.fault))
        }
    }

    var cells: [CellDigest] { configurations.flatMap(\.cells) }

    /// Whether a cell is there to lose something.
    func isControl(_ cell: Summary.Cell) -> Bool {
        summary.controls.contains {
            $0.control.configuration.matches(cell.configuration) && $0.control.fault.matches(cell.fault)
        }
    }
}

extension RunDigest {
    /// What the run comes to, in one sentence, by its exit code.
    var conclusion: String {
        let broken = summary.gates.count { $0.held == false }
        switch summary.exit {
        case 0:
            let unjudged = summary.gates.count { $0.held == nil } + summary.controls.count { $0.found == nil }
            let judged = summary.gates.count { $0.held == true }
            if summary.gates.isEmpty { return "No gate was set; nothing was invalid." }
            let text = judged == 0 ? "No gate was judged" : "Every gate that was judged holds"
            if unjudged == 0 { return "Every gate holds." }
            return text + "; \(Format.count(unjudged)) could not be judged."
        case 1:
            let worse = summary.baseline?.worse.count ?? 0
            return [
                broken == 0 ? "" : broken == 1 ? "A gate is broken." : "\(Format.count(broken)) gates are broken.",
                worse == 0 ? "" : "\(Format.plural(worse, "figure")) worse than in the baseline.",
            ].filter { !$0.isEmpty }.joined(separator: " ")
        case 3: return "No conclusion: " + reasonsForNoConclusion.joined(separator: "; ") + "."
        case 4: return "The harness itself failed: " + (summary.failure ?? "see the failed trials") + "."
        case 129...: return "Ended by a signal before it was through: this report is partial."
        default: return "Exit code \(summary.exit)."
        }
    }

    private var reasonsForNoConclusion: [String] {
        var reasons: [String] = []
        let trials = summary.cells.flatMap(\.trials)
        if summary.interruptedBy != nil { reasons.append("the run was ended by a signal before it was through") }
        if summary.missing > 0 { reasons.append(Format.plural(summary.missing, "planned trial") + " missing") }
        if trials.allSatisfy({ $0.status == .skipped }) { reasons.append("no trial ran") }
        let invalid = trials.count(where: \.isInvalid)
        if invalid > 0 {
            reasons.append(Format.plural(invalid, "trial") + (invalid == 1 ? " was" : " were") + " invalid")
        }
        let skipped = trials.count { $0.status == .skipped }
        if summary.noSkips, skipped > 0 {
            reasons.append(Format.plural(skipped, "trial") + " skipped, and skips count as invalid here")
        }
        let toothless = summary.controls.count { $0.found == false }
        if toothless > 0 { reasons.append(Format.plural(toothless, "control") + " found nothing") }
        return reasons
    }
}

extension RunDigest {
    /// Executors answer somewhere: turns have columns.
    var hasTurns: Bool { cells.flatMap { [$0] + $0.apart }.contains { $0.turn50 != nil } }
}
