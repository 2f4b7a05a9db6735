/// What a claim's figure may be: from, to, or both.
public struct ClaimBounds: Hashable, Sendable {
    public var min: Level?
    public var max: Level?

    /// A count, a time, or a share of what it is held against.
    public enum Level: Hashable, Sendable, CustomStringConvertible {
        case bound(Bound)
        case percent(Double)

        /// `500us`, `1000000`, `40%`.
        public static func parse(_ text: String) throws(Refusal) -> Level {
            guard text.hasSuffix("%") else { return .bound(try Bound.parse(text)) }
            guard let percent = Double(text.dropLast()), percent >= 0, percent.isFinite else {
                throw Refusal("`\(text)` is no share", remedy: "write a number and a percent sign, such as `40%`")
            }
            return .percent(percent)
        }

        /// A count, nanoseconds, or per cent.
        var amount: Double {
            switch self {
            case .bound(let bound): Double(bound.amount)
            case .percent(let percent): percent
            }
        }

        /// As `parse` reads it.
        public var description: String {
            switch self {
            case .bound(let bound): "\(bound)"
            case .percent(let percent): (percent == percent.rounded() ? "\(Int(percent))" : "\(percent)") + "%"
            }
        }
    }

    /// Refuses what bounds nothing, or nothing that there is.
    public init(min: Level?, max: Level?) throws(Refusal) {
        if min == nil, max == nil { throw Refusal("`holds` has no bound", remedy: "add `max` or `min`") }
        if let min, let max, max.amount < min.amount {
            throw Refusal("`max: \(max)` is below `min: \(min)`", remedy: "no value can satisfy both: raise `max`")
        }
        (self.min, self.max) = (min, max)
    }

    /// Refuses bounds of another unit than the claim's figure.
    func check(against measure: Claim.Measure) throws(Refusal) {
        for (word, level) in [("max", max), ("min", min)] {
            guard let level else { continue }
            switch (level, measure.against) {
            case (.percent, .some): continue
            case (.percent, nil):
                throw Refusal(
                    "`\(word): \(level)` is a share of nothing",
                    remedy: "add `against`, the cells that it is a share of")
            case (.bound, .some):
                throw Refusal(
                    "`\(word): \(level)` is no share, and `against` asks for one",
                    remedy: "write it in per cent, such as `\(word): 50%`")
            case (.bound(let bound), nil): _ = try Gate(figure: measure.figure, max: bound)
            }
        }
    }

    /// Where a value lies: nil within the bounds.
    func departure(of value: Double) -> Departure? {
        if let max, value > max.amount { return .above }
        if let min, value < min.amount { return .below }
        return nil
    }

    public enum Departure: String, Codable, Sendable {
        case above, below
    }
}

extension ClaimBounds: Codable {
    enum CodingKeys: String, CodingKey { case min, max }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func level(_ key: CodingKeys) throws -> Level? {
            try container.decodeIfPresent(String.self, forKey: key).map { try Level.parse($0) }
        }
        try self.init(min: try level(.min), max: try level(.max))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(min?.description, forKey: .min)
        try container.encodeIfPresent(max?.description, forKey: .max)
    }
}
