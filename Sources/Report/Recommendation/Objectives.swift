/// What a configuration must keep to be recommended: a suite's `slo`.
public struct Objectives: Equatable, Sendable {
    public struct Objective: Hashable, Sendable, CustomStringConvertible {
        public var figure: Figure
        public var max: Bound

        /// Refuses a bound that is not of the figure's unit.
        public init(figure: Figure, max: Bound) throws(Refusal) {
            _ = try Gate(figure: figure, max: max)
            (self.figure, self.max) = (figure, max)
        }

        public var description: String { "\(figure) ≤ \(max)" }
    }

    public var objectives: [Objective]
    /// For how long events must be there to be replayed, in nanoseconds.
    public var replayNanoseconds: Int64?

    public init(objectives: [Objective], replayNanoseconds: Int64? = nil) {
        (self.objectives, self.replayNanoseconds) = (objectives, replayNanoseconds)
    }
}

extension Objectives: Codable {
    private struct Line: Codable {
        var finding: String?
        var figure: String?
        var max: Bound
    }

    enum CodingKeys: String, CodingKey {
        case objectives
        case replayNanoseconds = "replay_ns"
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        objectives = try container.decode([Line].self, forKey: .objectives).map { line in
            let figure =
                if let finding = line.finding { try Figure.parse(finding: finding) } else {
                    try Figure.parse(figure: line.figure ?? "")
                }
            return try Objective(figure: figure, max: line.max)
        }
        replayNanoseconds = try container.decodeIfPresent(Int64.self, forKey: .replayNanoseconds)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        let lines = objectives.map { objective in
            Line(
                finding: objective.figure.isFinding ? objective.figure.name : nil,
                figure: objective.figure.isFinding ? nil : objective.figure.name, max: objective.max)
        }
        try container.encode(lines, forKey: .objectives)
        try container.encodeIfPresent(replayNanoseconds, forKey: .replayNanoseconds)
    }
}
