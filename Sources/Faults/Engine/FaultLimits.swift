/// Bounds of what the engine waits for by itself.
enum FaultLimits {
    /// How often an operator looks again while everyone waits for an event.
    static let attendSeconds = 0.25
    /// How often an event is asked for at most.
    static let askNanoseconds: Int64 = 8_000_000
    /// How long packets may take to find their way again after a cut is healed.
    static let healSeconds = 5.0
    /// From a limit on a link until it is seen to hold something up.
    static let limitSeconds = 10.0
}
