import Checker

extension Summary.Cell {
    /// Whether more trials would say little more: the share of those that lose events is known to within this.
    public func isSettled(halfWidth: Double) -> Bool {
        // What this machine lacks for the first it lacks for all.
        if trials.allSatisfy({ $0.status == .skipped }) { return true }
        let judged = trials.filter(\.isJudged)
        guard !judged.isEmpty else { return false }
        let losing = judged.count { ($0.verdict?.log.lost ?? 0) > 0 }
        return WilsonInterval(losing, of: judged.count).halfWidth <= halfWidth
    }
}

extension Summary {
    /// Whether somebody will want to look into this trial: it says nothing, or breaks a gate by itself.
    public func isOfInterest(_ trial: Trial, of cell: Cell) -> Bool {
        guard trial.isJudged else { return trial.status != .skipped }
        var alone = cell
        alone.trials = [trial]
        return gates.contains { $0.gate.judged(over: [alone]).held == false }
    }
}
