import Foundation

/// From values to places on a plot.
struct Axis {
    let low: Double
    let high: Double
    let isLogarithmic: Bool
    /// Where `low` and `high` are drawn.
    let from: Double
    let to: Double

    /// From zero to a round number at or above the highest value.
    static func linear(upTo highest: Double, from: Double, to: Double) -> Axis {
        let step = step(for: highest)
        return Axis(
            low: 0, high: max((highest / step).rounded(.up), 1) * step, isLogarithmic: false, from: from, to: to)
    }

    /// From zero to just the highest value.
    static func exact(upTo highest: Double, from: Double, to: Double) -> Axis {
        Axis(low: 0, high: max(highest, .leastNormalMagnitude), isLogarithmic: false, from: from, to: to)
    }

    /// Whole decades around positive values.
    static func logarithmic(_ lowest: Double, _ highest: Double, from: Double, to: Double) -> Axis {
        let low = pow(10, log10(max(lowest, 1)).rounded(.down))
        let high = pow(10, log10(max(highest, 1)).rounded(.up))
        return Axis(low: low, high: max(high, low * 10), isLogarithmic: true, from: from, to: to)
    }

    func place(of value: Double) -> Double {
        let share =
            isLogarithmic
            ? (log10(max(value, low)) - log10(low)) / (log10(high) - log10(low)) : (value - low) / (high - low)
        return from + min(max(share, 0), 1) * (to - from)
    }

    /// A handful of round values.
    var ticks: [Double] {
        if isLogarithmic {
            let decades = Int((log10(high) - log10(low)).rounded())
            return (0...decades).map { low * pow(10, Double($0)) }
        }
        let step = Self.step(for: high)
        return (0...Int((high / step + 0.001).rounded(.down))).map { Double($0) * step }
    }

    /// 1, 2 or 5 times a power of ten, so that there are about four to eight steps.
    private static func step(for highest: Double) -> Double {
        guard highest > 0 else { return 1 }
        let rough = highest / 5
        let decade = pow(10, log10(rough).rounded(.down))
        let factor = [1.0, 2, 5].first { $0 * decade >= rough } ?? 10
        return factor * decade
    }
}
