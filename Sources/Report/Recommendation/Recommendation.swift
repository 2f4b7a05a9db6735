import Checker

/// Which measured configurations meet a suite's objectives, and which do not and by which figure; cheapest first.
///
/// Each objective takes the worst value over a configuration's valid trials, whatever their fault; one on latency those
/// without a fault, where there are any: under one, every event behind an outage counts as that late.
struct Recommendation {
    struct Candidate {
        let name: String
        let system: String
        let standing: Standing
        /// What the servers took of the machine for an event acked without a fault, in nanoseconds; the median.
        let cost: Int64?
        /// What events for the time of `replay` take, and where; nil without that objective.
        let storage: String?
    }

    enum Standing: Equatable {
        case meets
        case fails([Failure])
        /// A cell without a valid trial, or a figure that no trial has.
        case notShown(String)
    }

    struct Failure: Equatable {
        let objective: String
        let value: String
        /// The trial that it comes from; nil where settings alone say it.
        let place: TrialName?
    }

    let objectives: Objectives
    /// Those that meet them first, then those that were not shown to, each by cost.
    let candidates: [Candidate]

    /// Nil if the suite sets none.
    init?(_ summary: Summary) {
        guard let objectives = summary.slo else { return nil }
        self.objectives = objectives
        let found = summary.configurations.map { Self.candidate($0, objectives, summary) }
        candidates = found.enumerated().sorted { a, b in
            let (first, second) = (Self.rank(a.element), Self.rank(b.element))
            return first == second ? a.offset < b.offset : first < second
        }.map(\.element)
    }

    private static func rank(_ candidate: Candidate) -> (Int, Int64) {
        let order =
            switch candidate.standing {
            case .meets: 0
            case .notShown: 1
            case .fails: 2
            }
        return (order, candidate.cost ?? .max)
    }

    private static func candidate(
        _ configuration: Summary.Configuration, _ objectives: Objectives, _ summary: Summary
    ) -> Candidate {
        let cells = summary.cells.filter { $0.configuration == configuration.name }
        let calm = cells.filter { $0.fault == "none" }
        var failures: [Failure] = []
        var missing: String?
        for objective in objectives.objectives {
            let judged = objective.figure.isLatency && !calm.isEmpty ? calm : cells
            guard let gate = try? Gate(figure: objective.figure, max: objective.max) else { continue }
            let outcome = gate.judged(over: judged)
            if let value = outcome.value {
                guard outcome.held == false else { continue }
                failures.append(
                    Failure(
                        objective: objective.description, value: Format.value(value, objective.figure.unit),
                        place: outcome.worst))
            } else if let reason = reasonWithout(objective, judged) {
                missing = missing ?? reason
            }
        }
        if let replay = objectives.replayNanoseconds, let kept = configuration.retentionNanoseconds, kept < replay {
            failures.append(
                Failure(
                    objective: "replay ≥ \(Format.span(replay))",
                    value: "its settings keep events for \(Format.span(kept))",
                    place: nil))
        }
        if let cell = cells.first(where: { !$0.trials.contains(where: \.isJudged) }) {
            missing = missing ?? "no valid trial under \(cell.fault)"
        }
        let standing: Standing =
            !failures.isEmpty
            ? .fails(failures) : missing.map { .notShown($0) } ?? (cells.isEmpty ? .notShown("no trial") : .meets)
        return Candidate(
            name: configuration.name, system: configuration.system, standing: standing,
            cost: cost(calm.isEmpty ? cells : calm),
            storage: storage(configuration, objectives, cells))
    }

    /// A recovery that no trial needed is none that is too long.
    private static func reasonWithout(_ objective: Objectives.Objective, _ cells: [Summary.Cell]) -> String? {
        let trials = cells.flatMap(\.trials).filter(\.isJudged)
        if trials.contains(where: { $0.rate.saturated }), objective.figure.isLatency {
            return "saturated: \(objective.figure) compares with nothing"
        }
        return objective.figure.fullName == "availability.recovery" || trials.isEmpty
            ? nil : "no trial has \(objective.figure)"
    }

    private static func cost(_ cells: [Summary.Cell]) -> Int64? {
        Spread(
            cells.flatMap(\.trials).filter(\.isJudged).compactMap { trial in
                guard let cpu = trial.cpu, let acked = trial.verdict?.events.acked, acked > 0 else { return nil }
                return cpu.serversNanoseconds / Int64(acked)
            })?.median
    }

    private static func storage(
        _ configuration: Summary.Configuration, _ objectives: Objectives, _ cells: [Summary.Cell]
    ) -> String? {
        guard let replay = objectives.replayNanoseconds, let bytes = configuration.eventBytes,
            let rate = cells.flatMap(\.trials).first?.rate.target
        else { return nil }
        let total = Double(bytes) * rate * Double(replay) / 1e9
        let place = configuration.keepsInMemory ? "of memory" : "of disk"
        return "\(Format.large(total)) \(place) on each copy"
    }
}
