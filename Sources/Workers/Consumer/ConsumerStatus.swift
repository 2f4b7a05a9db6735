/// What a consumer process says of itself, one JSON object a line, ten times a second.
public struct ConsumerStatus: WorkerStatus, Codable, Equatable {
    /// Nanoseconds from the trial's start.
    public var t: Int64 = 0
    /// Every consumer has its place in the group.
    public var ready = false
    public var deliveries: Int64 = 0
    public var processed: Int64 = 0
    /// Acknowledgements that the broker confirmed, of deliveries or of positions.
    public var confirmed: Int64 = 0
    /// Events that a crash at this moment would show on, for certain: handed over (and, where that comes before, or by
    /// itself, acknowledged), and the work on them is not done.
    public var holding = 0
    public var rebalances: Int64 = 0
    public var refusals: Int64 = 0
    /// Events moved to the dead letters.
    public var moved: Int64 = 0
    /// CPU time of the process so far, in nanoseconds.
    public var cpu: Int64 = 0
    /// Nil until the last line: true if all went well, false if the process gave up for `error`.
    public var done: Bool?
    public var error: String?

    public init() {}
}
