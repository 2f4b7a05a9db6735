/// What a bridge process says of itself, one JSON object a line, ten times a second.
public struct BridgeStatus: WorkerStatus, Codable, Equatable {
    /// Nanoseconds from the trial's start.
    public var t: Int64 = 0
    /// It has its place in the group and a connection to the cold log.
    public var ready = false
    public var deliveries: Int64 = 0
    /// Events that the cold log confirmed.
    public var forwarded: Int64 = 0
    /// Deliveries that the hot log confirmed to be done.
    public var confirmed: Int64 = 0
    /// Tries that the cold log did not confirm; each was followed by another.
    public var retried: Int64 = 0
    /// Events handed over that are still on their way.
    public var holding = 0
    /// Times that its share of the streams changed.
    public var rebalances: Int64 = 0
    /// Acknowledgements that the hot log refused.
    public var refusals: Int64 = 0
    /// CPU time of the process so far, in nanoseconds.
    public var cpu: Int64 = 0
    /// Nil until the last line: true if all went well, false if the process gave up for `error`.
    public var done: Bool?
    public var error: String?

    public init() {}
}
