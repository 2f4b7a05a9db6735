/// The load of a trial, as a suite says it. Times are in nanoseconds.
public struct WorkloadSettings: Codable, Hashable, Sendable {
    /// How many agents there are, each one sequence of events.
    public var agents: Int
    /// Mean events a second over all agents, bursts included.
    public var rate: Double
    /// How long the load lasts at least; the schedule itself has no end.
    public var duration: Int64
    /// Sizes of payloads in bytes, both ends included.
    public var payload: ClosedRange<Int>
    public var bursts: Bursts?
    /// How many worker processes share the agents.
    public var producers: Int
    /// How many attempts an agent may have unanswered.
    public var inFlight: Int
    /// Kinds beyond the six that every life has (`agent-lifecycle`, `audit`): they go another way than these.
    public var additionalKinds: [EventKind]
    /// Share of the events that no consumer can process, from 0 to 1.
    public var poison: Double = 0

    public init(
        agents: Int = 200, rate: Double = 10_000, duration: Int64 = 10_000_000_000,
        payload: ClosedRange<Int> = 200...2000, bursts: Bursts? = nil, producers: Int = 2, inFlight: Int = 1,
        additionalKinds: [EventKind] = []
    ) {
        (self.agents, self.rate, self.duration, self.payload) = (agents, rate, duration, payload)
        (self.bursts, self.producers, self.inFlight) = (bursts, producers, inFlight)
        self.additionalKinds = additionalKinds
    }

    /// Once in each `every`, for `length`, all agents together are `factor` times as fast as between the bursts.
    public struct Bursts: Codable, Hashable, Sendable {
        public var every: Int64
        public var length: Int64
        public var factor: Double

        public init(every: Int64, length: Int64, factor: Double) {
            (self.every, self.length, self.factor) = (every, length, factor)
        }
    }

    /// The largest payload that an event can carry.
    public static let payloadLimit = 1 << 20
    public static let agentLimit = 20_000

    /// What no load can be, by field and with what would be right; nil if all is well.
    public var problem: (field: String, message: String)? {
        if !(1...Self.agentLimit).contains(agents) { return ("agents", "must be from 1 to \(Self.agentLimit)") }
        if !(rate.isFinite && rate > 0) { return ("rate", "must be more than 0 events a second") }
        if duration <= 0 { return ("duration", "must be longer than 0") }
        if payload.lowerBound < 0 || payload.upperBound > Self.payloadLimit {
            return ("payload", "must be from 0 to \(Self.payloadLimit) bytes")
        }
        if let bursts {
            if bursts.every <= 0 { return ("bursts.every", "must be longer than 0") }
            if bursts.length <= 0 || bursts.length >= bursts.every {
                return ("bursts.length", "must be longer than 0 and shorter than `every`")
            }
            if !(bursts.factor.isFinite && bursts.factor >= 1) { return ("bursts.factor", "must be 1 or more") }
        }
        if !(1...64).contains(producers) { return ("producers", "must be from 1 to 64") }
        if producers > agents { return ("producers", "must be no more than `agents`: a producer needs one") }
        if !(0...1).contains(poison) { return ("poison", "must be a share from 0% to 100%") }
        if !(1...1024).contains(inFlight) { return ("in-flight", "must be from 1 to 1024") }
        return nil
    }

    /// Mean nanoseconds between two events of one agent.
    var spacing: Double { Double(agents) / rate * 1e9 }
}

extension WorkloadSettings {
    /// Of one event as it is published, on average.
    public var meanEventBytes: Int { (payload.lowerBound + payload.upperBound) / 2 + EventCodec.headerLength }
}
