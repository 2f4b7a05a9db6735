import Checker

/// What a cell says in one word.
///
/// *Bounded* is not a matter of taste: events were lost, and the suite has a gate on how much may be lost here, which
/// held. Whatever else was lost is *loses*.
enum Answer: Equatable {
    case holds
    case bounded
    case loses
    /// Nothing was lost, and something else is wrong: corrupted, doubled or reordered without a reason.
    case wrong
    /// Nothing is wrong, but no acknowledgement followed a fault as long as the trial lasted.
    case unavailable
    case failed
    case invalid
    case skipped
    case notApplicable
    /// Every trial was in a circumstance that its gates except.
    case apart
    /// The suite has no such cell.
    case absent

    init(
        cell: Summary.Cell, valid: [Summary.Trial], otherWrong: [(name: String, count: Int64)], gates: [GateOutcome]
    ) {
        let verdicts = valid.compactMap(\.verdict)
        if verdicts.isEmpty {
            let statuses = cell.trials.map(\.status)
            self =
                statuses.contains(.failed)
                ? .failed : statuses.contains { $0 != .skipped } ? .invalid : statuses.isEmpty ? .absent : .skipped
        } else if verdicts.contains(where: { $0.log.lost > 0 }) {
            self = Self.isLossBounded(cell: cell, valid: valid, gates: gates) ? .bounded : .loses
        } else if !otherWrong.isEmpty {
            self = .wrong
        } else if verdicts.contains(where: { $0.waitedAvailability.recovery.contains { $0.nanoseconds == nil } }) {
            self = .unavailable
        } else {
            self = .holds
        }
    }

    /// A gate on lost events or on the loss window covers this cell, and each trial that lost something is within it.
    private static func isLossBounded(cell: Summary.Cell, valid: [Summary.Trial], gates: [GateOutcome]) -> Bool {
        let losing = valid.filter { ($0.verdict?.log.lost ?? 0) > 0 }
        return gates.map(\.gate).contains { gate in
            guard gate.max != nil, ["loss.window", "log.lost"].contains(gate.figure.fullName),
                gate.configuration.matches(cell.configuration), gate.fault.matches(cell.fault)
            else { return false }
            return losing.allSatisfy { trial in
                guard !trial.circumstances.contains(where: { gate.except.contains($0.name) }),
                    let verdict = trial.verdict,
                    let value = gate.figure.value(in: verdict, refusedStarts: trial.refusedStarts)
                else { return false }
                return gate.allows(value)
            }
        }
    }

    var word: String {
        switch self {
        case .holds: "holds"
        case .bounded: "bounded loss"
        case .loses: "loses"
        case .wrong: "wrong"
        case .unavailable: "unavailable"
        case .failed: "failed"
        case .invalid: "invalid"
        case .skipped: "skipped"
        case .notApplicable: "not applicable"
        case .apart: "set apart"
        case .absent: "no trial"
        }
    }
}
