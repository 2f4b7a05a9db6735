/// What the reports say of objectives and of who meets them.
enum RecommendationText {
    static let columns = ["", "Configuration", "Why", "Server CPU an event", "Storage for the replay"]

    static func objectives(_ objectives: Objectives) -> String {
        let replay = objectives.replayNanoseconds.map { ["replay ≥ \(Format.span($0))"] } ?? []
        return (objectives.objectives.map(\.description) + replay).joined(separator: ", ")
    }

    /// The conclusion in a sentence.
    static func sentence(_ recommendation: Recommendation) -> String {
        let meeting = recommendation.candidates.filter { $0.standing == .meets }
        let wanted = objectives(recommendation.objectives)
        guard let first = meeting.first else {
            return "None of the configurations measured here is shown to meet \(wanted)."
        }
        let others = meeting.dropFirst().map(\.name)
        return "\(first.name) (\(first.system)) meets \(wanted)"
            + (others.isEmpty
                ? ", and nothing else here is shown to."
                : " at the least cost; so do \(others.joined(separator: "; ")).")
    }

    static func word(_ standing: Recommendation.Standing) -> String {
        switch standing {
        case .meets: "✓ meets"
        case .fails: "✗ does not"
        case .notShown: "– not shown"
        }
    }

    static func cells(_ candidate: Recommendation.Candidate) -> [String] {
        let why =
            switch candidate.standing {
            case .meets: "every objective, in every valid trial"
            case .notShown(let reason): reason
            case .fails(let failures):
                failures.map { "\($0.objective): \(value(of: $0))" }.joined(separator: "; ")
            }
        return [
            word(candidate.standing), "\(candidate.name) (\(candidate.system))", why,
            candidate.cost.map(Format.time) ?? Format.nothing, candidate.storage ?? Format.nothing,
        ]
    }

    /// With the trial that it is from.
    static func value(of failure: Recommendation.Failure) -> String {
        failure.value + (failure.place.map { " (\($0.fault), trial \($0.n))" } ?? "")
    }

    static let remark =
        "By the worst value over the valid trials; latency by the trials without a fault, where there are any. Cheapest first: "
        + "by what the servers took of the processor for an event acknowledged. Storage is what was published, without what the "
        + "broker adds to it."
}
