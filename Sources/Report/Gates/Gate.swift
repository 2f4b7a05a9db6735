/// A bound that a suite puts on a figure, for some configurations and faults.
public struct Gate: Hashable, Sendable {
    public let configuration: Glob
    public let fault: Glob
    public let figure: Figure
    public let max: Bound?
    public let min: Bound?
    /// Trials with one of these circumstances (`fsync-pending`) are counted apart.
    public let except: [String]

    /// Refuses a gate without a bound, and one whose bound is not of the figure's unit.
    public init(
        configuration: Glob = .any, fault: Glob = .any, figure: Figure, max: Bound?, min: Bound? = nil,
        except: [String] = []
    ) throws(Refusal) {
        if max == nil, min == nil {
            throw Refusal("a gate on `\(figure)` without a bound", remedy: "add `max` or `min`")
        }
        for (word, bound) in [("max", max), ("min", min)] {
            if let bound { try Self.check(bound, as: word, on: figure) }
        }
        if let max, let min, max.amount < min.amount {
            throw Refusal("`max: \(max)` is below `min: \(min)`", remedy: "no value can satisfy both: raise `max`")
        }
        (self.configuration, self.fault, self.figure) = (configuration, fault, figure)
        (self.max, self.min, self.except) = (max, min, except)
    }

    private static func check(_ bound: Bound, as word: String, on figure: Figure) throws(Refusal) {
        switch (bound, figure.unit) {
        case (.count(let count), .nanoseconds):
            throw Refusal(
                "`\(figure)` is a time, `\(word): \(bound)` a number",
                remedy: "give the unit, such as `\(word): \(count)s`")
        case (.time, .count):
            throw Refusal(
                "`\(figure)` is a count, `\(word): \(bound)` a time",
                remedy: "write a whole number, such as `\(word): 0`")
        default: return
        }
    }

    /// Whether a value is within the bounds.
    public func allows(_ value: Figure.Value) -> Bool {
        guard case .amount(let amount) = value else { return false }
        if let max, amount > max.amount { return false }
        if let min, amount < min.amount { return false }
        return true
    }
}

extension Gate: CustomStringConvertible {
    /// `always* × power-loss: lost ≤ 0, except fsync-pending`
    public var description: String {
        var bounds: [String] = []
        if let min { bounds.append("\(figure) ≥ \(min)") }
        if let max { bounds.append("\(figure) ≤ \(max)") }
        let text = "\(configuration) × \(fault): \(bounds.joined(separator: ", "))"
        return except.isEmpty ? text : "\(text), except \(except.joined(separator: ", "))"
    }
}

/// A finding that must be there: proof that under this fault, losses would have been seen.
public struct Control: Hashable, Sendable, CustomStringConvertible {
    public let configuration: Glob
    public let fault: Glob
    public let finding: Figure

    public init(configuration: Glob, fault: Glob = .any, finding: Figure) {
        (self.configuration, self.fault, self.finding) = (configuration, fault, finding)
    }

    /// `no persistence × power-loss: lost`
    public var description: String { "\(configuration) × \(fault): \(finding)" }
}
