import Workload

/// How a trial's seed follows from the suite's.
///
/// It depends on the suite's seed, the names of the configuration and of the fault, which of that configuration's cells
/// of that fault it is, and the trial's number, and on nothing else: adding, removing or reordering cells, or running
/// one of them alone, changes no other cell's events.
///
/// With `mix` as SplitMix64's finaliser and `+` modulo 2^64:
///
///     state = mix(seed + 0x9E3779B97F4A7C15)
///     for each byte of UTF-8(configuration) 0xFF UTF-8(fault) 0xFF:  state = mix(state ^ byte) + 0x9E3779B97F4A7C15
///     state = mix(state ^ occurrence) + 0x9E3779B97F4A7C15
///     state = mix(state ^ trial)
///     the seed is state with its highest bit cleared
///
/// 0xFF is in no UTF-8 text, so no two pairs of names read the same.
public enum TrialSeed {
    public static func derived(
        from seed: Int64, configuration: String, fault: String, occurrence: Int = 1, trial: Int
    ) -> Int64 {
        let golden: UInt64 = 0x9E37_79B9_7F4A_7C15
        var state = SplitMix64.mix(UInt64(bitPattern: seed) &+ golden)
        for name in [configuration, fault] {
            for byte in name.utf8 { state = SplitMix64.mix(state ^ UInt64(byte)) &+ golden }
            state = SplitMix64.mix(state ^ 0xFF) &+ golden
        }
        state = SplitMix64.mix(state ^ UInt64(occurrence)) &+ golden
        state = SplitMix64.mix(state ^ UInt64(trial))
        return Int64(bitPattern: state & UInt64(Int64.max))
    }
}
