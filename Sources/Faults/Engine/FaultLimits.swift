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
    /// How long those whose connections are to be reset may take to connect.
    static let connectionSeconds = 10.0
    /// How long the answers of a node are lost before its connections are reset.
    static let muteNanoseconds: Int64 = 250_000_000
    /// How long whatever comes is answered by a reset.
    static let resetNanoseconds: Int64 = 250_000_000
}
