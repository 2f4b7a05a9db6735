import Labs
import Systems

/// The system that an undisturbed trial left standing, in its lab, for the trial that comes next: starting some systems
/// takes longer than many a trial. Whatever does not fit the next trial, or may bear a trace of a fault, is taken down.
final class Standing {
    private var kept: (lab: any Lab, system: any System)?

    /// What stands, if it can serve this trial as one made afresh would; else it is gone when this returns.
    /// - Parameter tell: called with each line of what could not be removed.
    func take(
        for configured: any ConfiguredSystem, _ trial: TrialSetting, tell: (String) -> Void
    ) -> (lab: any Lab, system: any System)? {
        guard let kept else { return nil }
        guard let system = configured.makeSystem(trial, from: kept.system) else {
            for line in close() { tell(line) }
            return nil
        }
        self.kept = nil
        return (kept.lab, system)
    }

    func keep(_ lab: any Lab, _ system: any System) {
        precondition(kept == nil, "one system stands at a time")
        kept = (lab, system)
    }

    /// Takes down what stands; returns what could not be removed, one line each.
    func close() -> [String] {
        defer { kept = nil }
        return kept?.lab.close() ?? []
    }
}
