import Checker

extension Gate {
    /// The gate's outcome over cells: its value is the worst over its trials.
    ///
    /// Left aside, and counted as such: trials that are not valid (an invalid one never counts as a pass, and makes the
    /// run inconclusive by itself), those in an excepted circumstance, latencies of saturated trials, and trials without
    /// the figure (no such group, no fault to recover from).
    public func judged(over cells: [Summary.Cell]) -> GateOutcome {
        var outcome = GateOutcome(gate: self)
        for cell in cells where configuration.matches(cell.configuration) && fault.matches(cell.fault) {
            for trial in cell.trials {
                if let reason = reasonToLeaveAside(trial) {
                    outcome.apart[reason, default: 0] += 1
                    continue
                }
                guard let value = worst(of: trial) else {
                    outcome.apart[Self.withoutFigure, default: 0] += 1
                    continue
                }
                outcome.judged += 1
                if outcome.value.map({ isWorse(value, than: $0) }) ?? true {
                    outcome.value = value
                    outcome.worst = TrialName(
                        configuration: cell.configuration, fault: cell.fault, n: trial.n, directory: trial.directory)
                }
            }
        }
        outcome.held = outcome.value.map(allows)
        return outcome
    }

    static let withoutFigure = "without this figure"

    private func reasonToLeaveAside(_ trial: Summary.Trial) -> String? {
        guard trial.isJudged else { return trial.status == .valid ? "invalid" : trial.status.rawValue }
        if let circumstance = trial.circumstances.first(where: { except.contains($0.name) }) {
            return circumstance.name
        }
        return figure.isLatency && trial.rate.saturated ? "saturated" : nil
    }

    /// Of one trial; of a figure with `*`, the worst of what that stands for.
    private func worst(of trial: Summary.Trial) -> Figure.Value? {
        let values = [false, true].compactMap { figure.value(in: trial, smallest: $0) }
        return values.first.map { values.dropFirst().reduce($0) { isWorse($1, than: $0) ? $1 : $0 } }
    }

    /// What is out of bounds is worse than what is not; else the larger, for a gate with nothing but `min` the smaller.
    private func isWorse(_ a: Figure.Value, than b: Figure.Value) -> Bool {
        if allows(a) != allows(b) { return !allows(a) }
        if a == .never || b == .never { return a > b }
        return max == nil ? a < b : a > b
    }
}

extension Control {
    /// Found, if each cell with a valid trial has it in at least one.
    public func judged(over cells: [Summary.Cell]) -> ControlOutcome {
        var outcome = ControlOutcome(control: self)
        for cell in cells where configuration.matches(cell.configuration) && fault.matches(cell.fault) {
            let verdicts = cell.trials.filter(\.isJudged).compactMap { trial in
                trial.verdict.map { finding.value(in: $0, refusedStarts: trial.refusedStarts) ?? .amount(0) }
            }
            guard !verdicts.isEmpty else { continue }
            let with = verdicts.count { $0 > .amount(0) }
            outcome.judged += verdicts.count
            outcome.trialsWith += with
            outcome.found = (outcome.found ?? true) && with > 0
        }
        return outcome
    }
}

extension Summary {
    /// Judges the gates and controls over the trials that are there, and sets the exit code by them.
    ///
    /// - Parameter asReport: judged again from what a run left. That the run was ended by a signal then only means
    ///   that there is no conclusion.
    public mutating func judge(asReport: Bool = false) {
        gates = gates.map { $0.gate.judged(over: cells) }
        controls = controls.map { $0.control.judged(over: cells) }
        claims = claims?.map { $0.claim.judged(over: cells) }
        exit = exitCode(asReport: asReport)
    }

    /// Compares with an earlier run; whatever got worse counts as a broken gate.
    public mutating func compare(with earlier: Summary) {
        baseline = Baseline(of: self, against: earlier)
        exit = exitCode(asReport: true)
    }

    /// 4: the harness failed. 1: a gate broke, or something is worse than in the baseline. 3: no conclusion. Ended by a signal: 128 and its number.
    func exitCode(asReport: Bool) -> Int32 {
        let trials = cells.flatMap(\.trials)
        if let signal = interruptedBy, !asReport { return 128 + signal }
        if failure != nil || trials.contains(where: { $0.status == .failed }) { return 4 }
        if gates.contains(where: { $0.held == false }) || baseline?.worse.isEmpty == false { return 1 }
        let inconclusive =
            interruptedBy != nil || missing > 0
            || trials.contains { $0.isInvalid || (noSkips && $0.status == .skipped) }
            || controls.contains { $0.found == false } || trials.allSatisfy { $0.status == .skipped }
        return inconclusive ? 3 : 0
    }
}
