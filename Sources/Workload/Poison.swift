/// Which events no consumer can process: a share of them, drawn from the seed, so that producers, consumers and reports
/// agree on each without a word.
public struct Poison: Codable, Hashable, Sendable {
    /// Of all events; 0 to 1.
    public var share: Double
    public var seed: UInt64

    public init(share: Double, seed: UInt64) { (self.share, self.seed) = (share, seed) }

    public func isIn(agent: Int64, seq: Int64) -> Bool {
        if share <= 0 { return false }
        var random = SplitMix64(seed: seed &+ UInt64(bitPattern: seq) &* 0x9E37_79B9, agent: agent, purpose: .poison)
        return Double(random.next() >> 11) * 0x1p-53 < share
    }
}
