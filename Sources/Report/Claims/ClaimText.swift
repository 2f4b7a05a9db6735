/// What the reports say of claims.
enum ClaimText {
    static let columns = ["", "What is said", "Said", "Measured here"]

    static let remark =
        "Of several trials: the worst for losses, pauses and outages, the median for latencies and rates, with the range "
        + "over the trials. A claim holds if every cell that it is about does; one that does not refutes it. Here means this "
        + "machine, these versions and these settings."

    static func symbol(_ verdict: ClaimOutcome.Verdict) -> String {
        switch verdict {
        case .holds: "✓"
        case .onlyIf: "◐"
        case .doesNot: "✗"
        case .untestable: "–"
        case .notMeasured: "!"
        }
    }

    /// `✓ holds`, `◐ holds here only if`.
    static func word(_ verdict: ClaimOutcome.Verdict) -> String {
        let word = verdict == .onlyIf ? "holds here only if" : verdict.rawValue
        return "\(symbol(verdict)) \(word)"
    }

    /// What follows the word: the condition, the reason, or in which direction a range was left.
    static func rest(_ outcome: ClaimOutcome) -> String {
        switch outcome.verdict {
        case .holds: return ""
        case .onlyIf: return outcome.claim.onlyIf?.when ?? ""
        case .untestable, .notMeasured: return outcome.reason ?? ""
        case .doesNot:
            guard let bounds = outcome.claim.measure?.holds, bounds.min != nil, bounds.max != nil else { return "" }
            let departures = Set(outcome.measured.compactMap(\.departure))
            return departures == [.below] ? "it is less" : departures == [.above] ? "it is more" : ""
        }
    }

    /// What the source says, in figures.
    static func said(_ claim: Claim) -> String {
        if let claimed = claim.claimed { return claimed }
        guard let bounds = claim.measure?.holds else { return Format.nothing }
        switch (bounds.min, bounds.max) {
        case (let min?, let max?): return "\(text(min)) to \(text(max))"
        case (let min?, nil): return "≥ \(text(min))"
        case (nil, let max?): return "≤ \(text(max))"
        case (nil, nil): return Format.nothing
        }
    }

    private static func text(_ level: ClaimBounds.Level) -> String {
        switch level {
        case .bound(.count(let count)): Format.count(count)
        case .bound(.time(let nanoseconds)): Format.time(nanoseconds)
        case .percent: "\(level.description.dropLast()) %"
        }
    }

    /// `15 %: 3,100 against 21,000`, `0.31 ms`.
    static func figure(_ measured: ClaimOutcome.Measured, of claim: Claim) -> String {
        let unit = claim.measure?.figure.unit ?? .count
        let own = value(measured.value, unit)
        guard let against = measured.against else { return own }
        let share = measured.share.map { Format.decimals($0, $0 < 10 ? 1 : 0) + " %: " } ?? ""
        return "\(share)\(own) against \(value(against, unit))"
    }

    /// Where it was measured, how often, and how far the trials lie apart: `everysec × power-loss, n = 3, 0.4 s to 0.7 s`.
    static func place(_ measured: ClaimOutcome.Measured, of claim: Claim) -> String {
        let unit = claim.measure?.figure.unit ?? .count
        var parts = ["\(measured.configuration) × \(measured.fault)"]
        if let row = measured.description { parts.append(row) }
        parts.append("n = \(measured.trials)")
        if measured.trials > 1, measured.lowest != measured.highest {
            parts.append("\(value(measured.lowest, unit)) to \(value(measured.highest, unit))")
        }
        return parts.joined(separator: ", ")
    }

    /// `latency.ack.p50 × 20`.
    static func name(_ claim: Claim) -> String {
        guard let measure = claim.measure else { return "" }
        return measure.figure.name + (measure.times > 1 ? " × \(measure.times)" : "")
    }

    private static func value(_ value: Double?, _ unit: Figure.Unit) -> String {
        guard let value else { return "never" }
        return Format.value(.amount(Int64(clamping: Int(value.rounded()))), unit)
    }

    /// What they come to, in one sentence; nil without claims.
    static func sentence(of claims: [ClaimOutcome]?) -> String? {
        guard let claims, !claims.isEmpty else { return nil }
        let words: [(ClaimOutcome.Verdict, one: String, many: String)] = [
            (.holds, "holds here", "hold here"), (.onlyIf, "holds under a condition", "hold under a condition"),
            (.doesNot, "does not hold", "do not hold"), (.untestable, "cannot be tested here", "cannot be tested here"),
            (.notMeasured, "was not measured", "were not measured"),
        ]
        let parts = words.compactMap { verdict, one, many -> String? in
            let count = claims.count { $0.verdict == verdict }
            return count == 0 ? nil : "\(Format.count(count)) \(count == 1 ? one : many)"
        }
        return "Of \(Format.plural(claims.count, "claim")) \(parts.joined(separator: ", "))."
    }
}
