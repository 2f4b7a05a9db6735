/// What a producer says of itself, one JSON object a line, ten times a second.
public struct ProducerStatus: WorkerStatus, Codable, Equatable {
    /// Nanoseconds from the trial's start.
    public var t: Int64 = 0
    public var connected = false
    /// Events begun; those tried again count once.
    public var attempted: Int64 = 0
    public var attempts: Int64 = 0
    public var acked: Int64 = 0
    public var failed: Int64 = 0
    public var unknown: Int64 = 0
    public var inFlight = 0
    /// Events that are due and have not been begun, about.
    public var waiting: Int64 = 0
    /// How late the latest of them is, in nanoseconds.
    public var lateness: Int64 = 0
    /// The generator's schedule error so far, in nanoseconds.
    public var scheduleError99: Int64 = 0
    /// CPU time of the process so far, in nanoseconds.
    public var cpu: Int64 = 0
    /// Nil until the last line: true if all went well, false if the producer gave up for `error`.
    public var done: Bool?
    public var error: String?
    /// Why the broker lets it go on no longer: another producer has its identity now. It has then ended in good order.
    public var fenced: String?

    public init() {}
}

extension ProducerStatus {
    /// Sums of several producers; the worst of what cannot be summed.
    public static func + (a: ProducerStatus, b: ProducerStatus) -> ProducerStatus {
        var sum = a
        sum.t = max(a.t, b.t)
        sum.connected = a.connected && b.connected
        sum.attempted += b.attempted
        sum.attempts += b.attempts
        sum.acked += b.acked
        sum.failed += b.failed
        sum.unknown += b.unknown
        sum.inFlight += b.inFlight
        sum.waiting += b.waiting
        sum.lateness = max(a.lateness, b.lateness)
        sum.scheduleError99 = max(a.scheduleError99, b.scheduleError99)
        sum.cpu += b.cpu
        sum.done = a.done == nil || b.done == nil ? nil : a.done == true && b.done == true
        sum.error = a.error ?? b.error
        sum.fenced = a.fenced ?? b.fenced
        return sum
    }
}
