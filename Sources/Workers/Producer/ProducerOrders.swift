import Access
public import Workload

/// Everything that a producer process must know, as a JSON file that it is started with.
///
/// Times are nanoseconds from the trial's start, except `epoch`.
public struct ProducerOrders: WorkerOrders {
    public static let role = "produce"
    /// Names its shard, its status lines and its messages: `producer-1`.
    public var worker: String
    /// Who it is to the broker (a transactional id is made of it): its own name, or that of one whose place it takes.
    public var identity: String
    /// 1; one more for each that takes an earlier one's place. Its tries are numbered apart from theirs.
    public var generation = 1
    /// Shards of those whose place it takes: it goes on where they stopped, with what was not acknowledged first.
    public var resumes: [String] = []
    public var run: String
    /// The trial's.
    public var seed: UInt64
    /// The agents that this producer plays.
    public var agents: [Int64]
    public var workload: WorkloadSettings
    public var client: ClientOrders
    /// Where the workload's additional kinds go; nil: where all others go.
    public var straight: Straight?
    public var retries: Retries
    /// Attempts that an agent may have unanswered.
    public var inFlight: Int
    /// The trial's start by CLOCK_MONOTONIC.
    public var epoch: Int64
    /// When the load starts: all intended times count from here.
    public var loadStart: Int64
    /// Before this nothing is begun, whatever is due: time to connect for one that starts while others' load goes on.
    public var begins: Int64?
    /// When to stop offering load; nil: not before being told.
    public var until: Int64?
    public var historyPath: String
    /// Where the generator's own schedule error is kept.
    public var schedulePath: String
    /// How long an attempt may stay unanswered before it is unknown.
    public var timeout: Int64
    /// How long an agent waits after an attempt that was not acknowledged before it tries again.
    public var backOff: Int64
    /// A client under audit that publishes in this process's stead; nil: it does so itself.
    public var guest: GuestSettings?

    /// A second log, and who takes events for it.
    public struct Straight: Codable, Sendable {
        public var client: ClientOrders
        /// The index of the log in the history's header.
        public var log: Int

        public init(client: ClientOrders, log: Int) { (self.client, self.log) = (client, log) }
    }

    /// The orders of a client that has those events alone.
    public func straightOrders(_ straight: Straight) -> ProducerOrders {
        var orders = self
        (orders.client, orders.straight) = (straight.client, nil)
        return orders
    }

    public init(
        worker: String, run: String, seed: UInt64, agents: [Int64], workload: WorkloadSettings, client: ClientOrders,
        retries: Retries, inFlight: Int, epoch: Int64, loadStart: Int64, until: Int64? = nil, historyPath: String,
        schedulePath: String, timeout: Int64 = 2_000_000_000, backOff: Int64 = 20_000_000
    ) {
        (self.worker, self.run, self.seed, self.agents) = (worker, run, seed, agents)
        identity = worker
        (self.workload, self.client, self.retries, self.inFlight) = (workload, client, retries, inFlight)
        (self.epoch, self.loadStart, self.until) = (epoch, loadStart, until)
        (self.historyPath, self.schedulePath) = (historyPath, schedulePath)
        (self.timeout, self.backOff) = (timeout, backOff)
    }

    /// The number of an event's first try by this producer: those of an earlier generation are less, even of one that
    /// is still there and goes on.
    public var firstTry: Int64 { Int64(generation - 1) * Self.triesOfGeneration + 1 }

    private static let triesOfGeneration: Int64 = 1_000_000
    private static let mostGenerations = 1_000_000

    public var variables: [String] { client.access?.variables ?? [] }

    /// What an engine cannot work with; nil if all is well.
    public var problem: String? {
        if let problem = workload.problem { return "workload.\(problem.field) \(problem.message)" }
        if agents.isEmpty { return "agents: a producer needs at least one" }
        if Set(agents).count != agents.count { return "agents: one is named twice" }
        if let other = agents.first(where: { !workload.hasSequence($0) }) {
            return "agents: the workload has no agent \(other)"
        }
        if !(1...1024).contains(inFlight) { return "inFlight: must be from 1 to 1024" }
        if !(1...Self.mostGenerations).contains(generation) {
            return "generation: must be from 1 to \(Self.mostGenerations)"
        }
        if timeout <= 0 || backOff < 0 { return "timeout, backOff: must be times" }
        if client.streams.isEmpty { return "client.streams: events must go somewhere" }
        if straight?.client.streams.isEmpty == true { return "straight.client.streams: events must go somewhere" }
        if client.addresses.isEmpty { return "client.addresses: there is nobody to connect to" }
        return nil
    }
}
