public import Checker

/// A figure or finding of a trial by its dotted name, as gates and controls name it.
public struct Figure: Hashable, Sendable, CustomStringConvertible {
    public enum Unit: String, Sendable, Codable {
        case count
        case nanoseconds = "ns"
    }

    /// What a figure amounts to in one trial.
    public enum Value: Hashable, Comparable, Sendable {
        /// A count, or nanoseconds.
        case amount(Int64)
        /// It did not happen as long as the trial lasted (a recovery that did not come): more than any amount.
        case never
    }

    /// The name as it was written.
    public let name: String
    /// Named as a finding (`finding:`, a control), not as a figure.
    public let isFinding: Bool
    public let unit: Unit
    /// The name in full, part by part; `*` is any one part.
    let parts: [String]

    public var description: String { name }

    /// The name in full: `log.lost` for `lost`.
    public var fullName: String { parts.joined(separator: ".") }

    /// A latency: of a saturated trial it is shown, and compared with nothing.
    public var isLatency: Bool { parts.first == "latency" }

    /// A name under `finding:`: `lost`, `log.lost`, `duplicated` (the sum of its parts), `groups.*.skipped`,
    /// `logs.cold.lost`, `transactions.torn`.
    public static func parse(finding name: String) throws(Refusal) -> Figure {
        let parts = parts(of: name)
        for full in [parts, ["log"] + parts] {
            if let unit = try unit(of: full, named: name, findingsOnly: true) {
                return Figure(name: name, isFinding: true, unit: unit, parts: full)
            }
        }
        if (try? parse(figure: name)) != nil {
            throw Refusal("`\(name)` is a figure, not a finding", remedy: "write `figure: \(name)`")
        }
        throw unknown(name, word: "finding", among: FigureCatalog.findings)
    }

    /// A name under `figure:`: a dotted path of the verdict without `_ns`, or what only its trial knows (`refused_starts`,
    /// `rate.achieved`). Findings are figures, too.
    public static func parse(figure name: String) throws(Refusal) -> Figure {
        let parts = parts(of: name)
        for full in [parts, ["log"] + parts] {
            if let unit = try unit(of: full, named: name, findingsOnly: full != parts) {
                return Figure(name: name, isFinding: false, unit: unit, parts: full)
            }
        }
        if name.hasSuffix("_ns"), (try? parse(figure: String(name.dropLast(3)))) != nil {
            throw Refusal("there is no figure `\(name)`", remedy: "write `\(name.dropLast(3))`: times have units")
        }
        throw unknown(name, word: "figure", among: FigureCatalog.figures)
    }

    private static func parts(of name: String) -> [String] {
        name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    }

    /// The unit of all figures that the parts can mean; nil if there are none.
    private static func unit(
        of parts: [String], named name: String, findingsOnly: Bool
    ) throws(Refusal) -> Unit? {
        let entries = FigureCatalog.entries.filter { entry in
            (entry.isFinding || !findingsOnly) && FigureCatalog.matches(parts, entry.parts)
        }
        let units = Set(entries.map(\.unit))
        if units.count > 1 {
            throw Refusal(
                "`\(name)` stands for counts and times at once",
                remedy: "name one of them, such as `\(entries[0].name)`")
        }
        return units.first
    }

    private static func unknown(_ name: String, word: String, among names: [String]) -> Refusal {
        var remedy = "there are \(names.joined(separator: ", "))"
        let short = name.hasPrefix("log.") ? String(name.dropFirst(4)) : name
        if let close = Spelling.closest(to: short, among: names) { remedy = "did you mean `\(close)`? " + remedy }
        return Refusal("there is no \(word) `\(name)`", remedy: remedy)
    }

    /// The worst of what the name stands for in one trial: the largest, or the smallest for a lower bound. Nil if the
    /// trial has no such figure (no such group, nothing measured).
    public func value(
        in verdict: Verdict, refusedStarts: Int, achieved: Double? = nil, smallest: Bool = false
    ) -> Value? {
        let values = FigureCatalog.values(of: verdict, refusedStarts: refusedStarts, achieved: achieved)
            .filter { FigureCatalog.matches(parts, $0.parts) }.map(\.value)
        return smallest ? values.min() : values.max()
    }
}
