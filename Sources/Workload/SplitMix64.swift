/// The generator SplitMix64 (Steele, Lea and Flood, 2014): 64 bits of state, and the same numbers on every machine.
///
/// Everything random comes from streams named by the trial's seed, an agent and a purpose, so that what one agent does
/// depends neither on other agents nor on the process that plays it.
public struct SplitMix64: Sendable, BitwiseCopyable {
    /// What a stream is drawn for. Raw values are part of what a seed means: never renumber.
    public enum Purpose: UInt64, Sendable {
        case tasks = 1
        case payload = 2
        case spawns = 3
        case pool = 4
        case offset = 5
        /// The harness's own choices, such as the times and nodes of faults.
        case faults = 6
        case poison = 7
    }

    private var state: UInt64

    public init(state: UInt64) { self.state = state }

    public init(seed: UInt64, agent: Int64 = 0, purpose: Purpose) {
        var state = Self.mix(seed &+ 0x9E37_79B9_7F4A_7C15)
        state = Self.mix(state ^ (UInt64(bitPattern: agent) &* 0xD6E8_FEB8_6659_FD93))
        state = Self.mix(state ^ (purpose.rawValue &* 0xA076_1D64_78BD_642F))
        self.state = state
    }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mix(state)
    }

    /// A number from 0 to `bound` - 1. Its bias is at most `bound` in 2^64.
    public mutating func below(_ bound: Int) -> Int {
        precondition(bound > 0)
        return Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    public mutating func within(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + below(range.upperBound - range.lowerBound + 1)
    }

    /// True in `percent` of 100 draws.
    public mutating func chance(_ percent: Int) -> Bool { below(100) < percent }

    /// The finaliser: every bit of the input moves every bit of the output.
    public static func mix(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
