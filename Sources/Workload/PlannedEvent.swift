/// An event as the seed lays it down, before anyone has tried to publish it.
public struct PlannedEvent: Hashable, Sendable, BitwiseCopyable {
    public var agent: Int64
    /// 0, 1, 2, … without a gap.
    public var seq: Int64
    /// Nanoseconds from the load's start.
    public var intended: Int64
    public var payloadLength: Int32
    public var kind: EventKind

    public init(agent: Int64, seq: Int64, intended: Int64, payloadLength: Int32, kind: EventKind) {
        (self.agent, self.seq, self.intended) = (agent, seq, intended)
        (self.payloadLength, self.kind) = (payloadLength, kind)
    }
}
