/// Bends steady time into time with bursts: a life is laid out at an even pace, and then every moment of it is moved
/// to where the bursts want it. The mean over each whole period stays what it was.
///
/// A burst stands in the middle of its period, so that a load neither begins nor ends in one.
public struct LoadShape: Sendable, BitwiseCopyable {
    private let every: Int64
    private let before: Int64
    private let length: Int64
    /// How fast the steady time runs outside and inside of bursts.
    private let calm: Double
    private let quick: Double

    public init(_ bursts: WorkloadSettings.Bursts?) {
        guard let bursts else {
            (every, before, length, calm, quick) = (0, 0, 0, 1, 1)
            return
        }
        every = bursts.every
        length = bursts.length
        before = (bursts.every - bursts.length) / 2
        calm = Double(every) / (Double(every - length) + bursts.factor * Double(length))
        quick = calm * bursts.factor
    }

    /// How fast it is at the most, of its mean.
    var peak: Double { max(calm, quick) }

    /// When that happens (nanoseconds) which is due at `steady` at an even pace. Never decreases as `steady` grows.
    public func time(_ steady: Int64) -> Int64 {
        if every == 0 { return steady }
        let (period, rest) = steady.quotientAndRemainder(dividingBy: every)
        let start = period * every
        let first = calm * Double(before)
        let burst = quick * Double(length)
        let passed = Double(rest)
        if passed < first { return start + Int64(passed / calm) }
        if passed < first + burst { return start + before + Int64((passed - first) / quick) }
        return start + before + length + Int64((passed - first - burst) / calm)
    }
}
