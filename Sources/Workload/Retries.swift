/// What a producer does about an attempt that was not acknowledged.
public enum Retries: String, CaseIterable, Sendable, Codable {
    /// One try; the next event follows whatever became of it.
    case none
    /// The same event again, until it is acknowledged or the load ends.
    case untilAcked = "until-acked"
    /// The client library tries again by itself.
    case client
    /// The client library tries again, and the broker drops what it already has.
    case idempotent
}
