/// How a claim came out over a run's trials.
public struct ClaimOutcome: Equatable, Sendable {
    public var claim: Claim
    public var verdict = Verdict.notMeasured
    /// Why it was not measured, or cannot be.
    public var reason: String?
    /// Cell by cell.
    public var measured: [Measured] = []

    public enum Verdict: String, Codable, Sendable, CaseIterable {
        case holds
        case onlyIf = "holds only if"
        case doesNot = "does not hold"
        case untestable = "not testable"
        /// No cell says it: none was run, or no trial of it is valid.
        case notMeasured = "not measured"
    }

    /// What one cell says.
    public struct Measured: Codable, Equatable, Sendable {
        public var configuration: String
        public var fault: String
        public var description: String?
        /// Over its valid trials: of findings, losses, pauses and outages the worst, of latencies and rates the median.
        /// A count, or nanoseconds; nil for what never happened.
        public var value: Double?
        public var lowest: Double?
        public var highest: Double?
        public var trials: Int
        /// The value of what it is held against.
        public var against: Double?
        /// Which share of that it is, in per cent; nil also if the one is something and the other nothing.
        public var share: Double?
        /// Nil: within the bounds.
        public var departure: ClaimBounds.Departure?
        /// Where the condition of `holds only if` is met.
        public var isCondition: Bool

        enum CodingKeys: String, CodingKey {
            case configuration, fault, description, value, lowest, highest, trials, against, share, departure
            case isCondition = "condition"
        }
    }

    public init(claim: Claim) { self.claim = claim }
}

extension ClaimOutcome: Codable {
    enum CodingKeys: String, CodingKey { case verdict, reason, unit, measured }

    public init(from decoder: any Decoder) throws {
        claim = try Claim(from: decoder)
        let container = try decoder.container(keyedBy: CodingKeys.self)
        verdict = try container.decode(Verdict.self, forKey: .verdict)
        reason = try container.decodeIfPresent(String.self, forKey: .reason)
        measured = try container.decodeIfPresent([Measured].self, forKey: .measured) ?? []
    }

    public func encode(to encoder: any Encoder) throws {
        try claim.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(verdict, forKey: .verdict)
        try container.encodeIfPresent(reason, forKey: .reason)
        try container.encodeIfPresent(claim.measure?.figure.unit, forKey: .unit)
        try container.encode(measured, forKey: .measured)
    }
}
