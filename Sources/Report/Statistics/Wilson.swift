import Foundation

/// The interval in which a share lies with 95 % confidence, seen in a number of trials (Wilson's score interval, which
/// stays within 0 and 1 and holds for few trials as well).
struct WilsonInterval: Equatable {
    let lower: Double
    let upper: Double

    /// - Parameters:
    ///   - count: trials with what is counted.
    ///   - trials: at least 1.
    init(_ count: Int, of trials: Int) {
        let z = 1.959_963_984_540_054
        let n = Double(trials)
        let share = Double(count) / n
        let scale = 1 / (1 + z * z / n)
        let middle = (share + z * z / (2 * n)) * scale
        let half = z * scale * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
        // Rounding must not move the ends off what they are exactly.
        lower = count == 0 ? 0 : max(0, middle - half)
        upper = count == trials ? 1 : min(1, middle + half)
    }

    /// Half of its width: what `until: {half-width: …}` bounds.
    var halfWidth: Double { (upper - lower) / 2 }
}
