import History

/// Ack latency before, during and after what was done to the system: of the events that went to the first log, for
/// whoever waits waits for that one; by when they were intended.
///
/// *During* is from the first effect of a fault to the end of the last one that ended; where none ended, to the end.
enum FaultPhases {
    static func run(_ evidence: Evidence, _ scratch: Scratch) -> Verdict.Latency.Phases? {
        let faults = evidence.history.faults
        guard let struck = faults.filter({ $0.phase == .effect }).map(\.t).min() else { return nil }
        let healed = faults.filter { $0.phase == .end }.map(\.t).max() ?? .max
        var phases = Verdict.Latency.Phases()
        phases.before = AckLatency.run(evidence, scratch, home: 0) { $0 < struck }
        phases.during = AckLatency.run(evidence, scratch, home: 0) { $0 >= struck && $0 <= healed }
        phases.after = AckLatency.run(evidence, scratch, home: 0) { $0 >= struck && $0 > healed }
        return phases
    }
}
