/// Which trial a value is from.
public struct TrialName: Codable, Hashable, Sendable {
    public var configuration: String
    public var fault: String
    public var n: Int
    public var directory: String

    public init(configuration: String, fault: String, n: Int, directory: String) {
        (self.configuration, self.fault, self.n, self.directory) = (configuration, fault, n, directory)
    }
}

/// How a gate came out over a run's trials.
public struct GateOutcome: Equatable, Sendable {
    public var gate: Gate
    /// Nil: not judged.
    public var held: Bool?
    /// The worst over the trials that were judged; nil if there were none.
    public var value: Figure.Value?
    /// The trial with that value.
    public var worst: TrialName?
    /// How many trials were judged.
    public var judged = 0
    /// How many were left aside, by the reason: a circumstance that the gate excepts, `invalid`, `skipped`, …
    public var apart: [String: Int] = [:]

    public init(gate: Gate) { self.gate = gate }
}

/// How a control came out over a run's trials.
public struct ControlOutcome: Equatable, Sendable {
    public var control: Control
    /// Nil: not judged.
    public var found: Bool?
    /// How many valid trials had it, and how many there were.
    public var trialsWith = 0
    public var judged = 0

    public init(control: Control) { self.control = control }
}

extension GateOutcome: Codable {
    enum CodingKeys: String, CodingKey {
        case gate, held, value, unit, configuration, fault, finding, figure, max, min, except, worst, judged, apart
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let figure: Figure
        if let finding = try container.decodeIfPresent(String.self, forKey: .finding) {
            figure = try Figure.parse(finding: finding)
        } else {
            figure = try Figure.parse(figure: try container.decode(String.self, forKey: .figure))
        }
        gate = try Gate(
            configuration: Glob(try container.decode(String.self, forKey: .configuration)),
            fault: Glob(try container.decode(String.self, forKey: .fault)), figure: figure,
            max: try container.decodeIfPresent(Bound.self, forKey: .max),
            min: try container.decodeIfPresent(Bound.self, forKey: .min),
            except: try container.decodeIfPresent([String].self, forKey: .except) ?? [])
        held = try container.decodeIfPresent(Bool.self, forKey: .held)
        worst = try container.decodeIfPresent(TrialName.self, forKey: .worst)
        if let amount = try container.decodeIfPresent(Int64.self, forKey: .value) {
            value = .amount(amount)
        } else if worst != nil {
            value = .never
        }
        judged = try container.decodeIfPresent(Int.self, forKey: .judged) ?? 0
        apart = try container.decodeIfPresent([String: Int].self, forKey: .apart) ?? [:]
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(gate.description, forKey: .gate)
        try container.encode(held, forKey: .held)
        try container.encode(value?.amount, forKey: .value)
        try container.encode(gate.figure.unit, forKey: .unit)
        try container.encode(gate.configuration.pattern, forKey: .configuration)
        try container.encode(gate.fault.pattern, forKey: .fault)
        try container.encode(gate.figure.name, forKey: gate.figure.isFinding ? .finding : .figure)
        try container.encodeIfPresent(gate.max, forKey: .max)
        try container.encodeIfPresent(gate.min, forKey: .min)
        if !gate.except.isEmpty { try container.encode(gate.except, forKey: .except) }
        try container.encode(worst, forKey: .worst)
        try container.encode(judged, forKey: .judged)
        if !apart.isEmpty { try container.encode(apart, forKey: .apart) }
    }
}

extension ControlOutcome: Codable {
    enum CodingKeys: String, CodingKey {
        case control, found, configuration, fault, finding, judged
        case trialsWith = "trials_with"
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        control = Control(
            configuration: Glob(try container.decode(String.self, forKey: .configuration)),
            fault: Glob(try container.decode(String.self, forKey: .fault)),
            finding: try Figure.parse(finding: try container.decode(String.self, forKey: .finding)))
        found = try container.decodeIfPresent(Bool.self, forKey: .found)
        trialsWith = try container.decodeIfPresent(Int.self, forKey: .trialsWith) ?? 0
        judged = try container.decodeIfPresent(Int.self, forKey: .judged) ?? 0
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(control.description, forKey: .control)
        try container.encode(found, forKey: .found)
        try container.encode(control.configuration.pattern, forKey: .configuration)
        try container.encode(control.fault.pattern, forKey: .fault)
        try container.encode(control.finding.name, forKey: .finding)
        try container.encode(trialsWith, forKey: .trialsWith)
        try container.encode(judged, forKey: .judged)
    }
}

extension Figure.Value {
    /// Nil for what never happened.
    public var amount: Int64? {
        guard case .amount(let amount) = self else { return nil }
        return amount
    }
}
