public import Documents
import Faults
import Report

/// What the command line changes of a suite.
extension Suite {
    /// Keeps the cells that a pattern fits: as `CONFIGURATION/FAULT`, or one of the two, or the cell's description.
    /// Gates and controls stay; those that are left without a cell are not judged.
    public func choosing(_ pattern: String) throws(Diagnostic) -> Suite {
        let glob = Glob(pattern)
        var suite = self
        suite.cells = cells.filter { cell in
            [cell.label, cell.configuration.name, cell.fault.name, cell.description ?? cell.label]
                .contains(where: glob.matches)
        }
        guard !suite.cells.isEmpty else {
            let labels = cells.map(\.label)
            let shownLabels = labels.prefix(20).joined(separator: ", ") + (labels.count > 20 ? ", …" : "")
            throw Diagnostic(
                file: "--only", problem: "\(shown(pattern)) fits no cell of this suite",
                remedy: "its cells are \(shownLabels); * stands for any characters")
        }
        suite.configurations = configurations.filter { configuration in
            suite.cells.contains { $0.configuration.name == configuration.name }
        }
        suite.notApplicable = notApplicable.filter { pair in
            ["\(pair.configuration)/\(pair.fault)", pair.configuration, pair.fault].contains(where: glob.matches)
        }
        return suite
    }

    /// Every cell with so many trials.
    public func withTrials(_ trials: Int) throws(Diagnostic) -> Suite {
        guard SuiteReader.trials.contains(trials) else {
            throw Diagnostic(
                file: "--trials", problem: "\(trials) is out of range",
                remedy: "write a whole number from \(SuiteReader.trials.lowerBound) to \(SuiteReader.trials.upperBound)"
            )
        }
        var suite = self
        for index in suite.cells.indices { suite.cells[index].trials = trials }
        suite.until = nil
        return suite
    }

    public func withSeed(_ seed: Int64) throws(Diagnostic) -> Suite {
        guard seed >= 0 else {
            throw Diagnostic(
                file: "--seed", problem: "\(seed) is out of range", remedy: "write a whole number, 0 or more")
        }
        var suite = self
        suite.seed = seed
        return suite
    }
}
