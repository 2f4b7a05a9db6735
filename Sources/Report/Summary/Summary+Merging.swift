extension Summary {
    /// Several runs as one: trials of the same cell stand side by side. A gate, control or claim is judged over the trials
    /// of the runs whose suites have it, so that one suite's gates say nothing of another's trials.
    static func merged(_ runs: [Summary]) -> Summary {
        var merged = runs[0]
        guard runs.count > 1 else {
            merged.judge(asReport: true)
            return merged
        }
        merged.suite = unique(runs.map(\.suite)).joined(separator: " + ")
        merged.suiteFile = unique(runs.map(\.suiteFile)).joined(separator: " ")
        merged.suiteText = unique(runs.map(\.suiteText)).joined(separator: "\n---\n")
        merged.lab = unique(runs.map(\.lab)).joined(separator: ", ")
        merged.seconds = runs.reduce(0) { $0 + $1.seconds }
        merged.configurations = unique(runs.flatMap(\.configurations))
        merged.notApplicable = unique(runs.flatMap(\.notApplicable))
        merged.noSkips = runs.contains(where: \.noSkips)
        merged.interruptedBy = runs.lazy.compactMap(\.interruptedBy).first
        merged.planned = runs.reduce(0) { $0 + ($1.planned ?? $1.cells.reduce(0) { $0 + $1.trials.count }) }
        merged.failure = runs.lazy.compactMap(\.failure).first
        merged.versions = [:]
        for (name, version) in runs.flatMap(\.versions) {
            let known = merged.versions[name].map { $0.split(separator: ", ").map(String.init) } ?? []
            merged.versions[name] = unique(known + [version]).joined(separator: ", ")
        }
        merged.cells = cells(of: runs)
        merged.gates = unique(runs.flatMap { $0.gates.map(\.gate) }).map { gate in
            gate.judged(over: cells(of: runs.filter { run in run.gates.contains { $0.gate == gate } }))
        }
        merged.controls = unique(runs.flatMap { $0.controls.map(\.control) }).map { control in
            control.judged(over: cells(of: runs.filter { run in run.controls.contains { $0.control == control } }))
        }
        let claims = unique(runs.flatMap { $0.claims ?? [] }.map(\.claim)).map { claim in
            claim.judged(over: cells(of: runs.filter { run in run.claims?.contains { $0.claim == claim } ?? false }))
        }
        merged.claims = claims.isEmpty ? nil : claims
        merged.exit = merged.exitCode(asReport: true)
        return merged
    }

    private static func cells(of runs: [Summary]) -> [Cell] {
        var cells: [Cell] = []
        for cell in runs.flatMap(\.cells) {
            let index = cells.firstIndex {
                $0.configuration == cell.configuration && $0.system == cell.system && $0.fault == cell.fault
                    && $0.description == cell.description
            }
            guard let index else {
                cells.append(cell)
                continue
            }
            for var trial in cell.trials {
                trial.n = cells[index].trials.count + 1
                cells[index].trials.append(trial)
            }
        }
        return cells
    }

    private static func unique<Value: Equatable>(_ values: [Value]) -> [Value] {
        values.reduce(into: []) { seen, value in
            if !seen.contains(value) { seen.append(value) }
        }
    }
}
