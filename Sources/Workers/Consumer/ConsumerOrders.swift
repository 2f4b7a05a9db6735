import Access
public import Workload

/// Everything that a consumer process must know, as a JSON file that it is started with.
///
/// Times are nanoseconds from the trial's start, except `epoch`.
public struct ConsumerOrders: WorkerOrders {
    public static let role = "consume"
    /// Names the process, its shard, its status lines and its messages: `consumer-1`.
    public var worker: String
    /// Which of a trial's consumer processes it is, from 1, no two the same: tries to move events to the dead letters
    /// are numbered by it.
    public var number: Int
    public var run: String
    /// As the history calls the group: its name in the suite.
    public var group: GroupSettings
    /// As the broker calls the group.
    public var groupName: String
    /// Its consumers, as broker and history call them.
    public var consumers: [String]
    public var client: ClientOrders
    public var poison: Poison
    /// Where dead letters go: the stream or topic, its partitions or streams as the history calls them, and the index of
    /// their log in the history's header. Agent `a` goes to the `a % streams.count`-th.
    public var deadLetters: DeadLetters?
    /// Where an executor answers dispatches; nil: it is none.
    public var results: Results?
    /// The trial's start by CLOCK_MONOTONIC; nil: `begin` will say.
    public var epoch: Int64?
    public var historyPath: String
    /// Where the process keeps, as text, how many events a crash at this moment would show on (`ConsumerStatus.holding`):
    /// it can be read while the process is stopped.
    public var holdingPath: String
    /// The client under audit that does the work; nil: Holdfast's own does.
    public var guest: GuestSettings?
    /// Of an event, in bytes: what a guest says of one is to have room for it.
    public var longestValue = 0
    /// The bytes of what is handed over are asked for, too.
    public var keepsValues = false
    /// Each stream is one process's at a time, and the consumers are handed what is theirs.
    public var ownsStreams = false

    public struct DeadLetters: Codable, Hashable, Sendable {
        public var streams: [String]
        public var log: Int

        public init(streams: [String], log: Int) { (self.streams, self.log) = (streams, log) }
    }

    /// Who takes results, and the index of their log in the history's header.
    public struct Results: Codable, Sendable {
        public var client: ClientOrders
        public var log: Int

        public init(client: ClientOrders, log: Int) { (self.client, self.log) = (client, log) }
    }

    public init(
        worker: String, number: Int, run: String, group: GroupSettings, groupName: String, consumers: [String],
        client: ClientOrders, poison: Poison, deadLetters: DeadLetters? = nil, epoch: Int64? = nil, historyPath: String,
        holdingPath: String
    ) {
        (self.worker, self.number, self.run, self.group) = (worker, number, run, group)
        (self.groupName, self.consumers, self.client, self.poison) = (groupName, consumers, client, poison)
        (self.deadLetters, self.epoch) = (deadLetters, epoch)
        (self.historyPath, self.holdingPath) = (historyPath, holdingPath)
    }

    /// The number of this process's first try to move an event: those of others are apart from it.
    public var firstTry: Int64 { Int64(number) * 1_000_000_000 + 1 }

    public var variables: [String] { client.access?.variables ?? [] }

    /// How long a result may stay unanswered, in nanoseconds.
    public var timeout: Int64 { 2_000_000_000 }

    /// What a worker cannot work with; nil if all is well.
    public var problem: String? {
        if !(1...1_000_000).contains(number) { return "number: must be from 1 to 1000000" }
        if consumers.isEmpty { return "consumers: a process needs at least one" }
        if Set(consumers).count != consumers.count { return "consumers: one is named twice" }
        if client.streams.isEmpty { return "client.streams: there is nothing to read" }
        if client.addresses.isEmpty { return "client.addresses: there is nobody to connect to" }
        if group.batch < 1 { return "group.batch: must be 1 or more" }
        if deadLetters?.streams.isEmpty == true { return "deadLetters.streams: they must go somewhere" }
        if results?.client.streams.isEmpty == true { return "results.client.streams: they must go somewhere" }
        if guest?.command.isEmpty == true { return "guest.command: is empty" }
        if guest != nil, results != nil || deadLetters != nil || consumers.count != 1 {
            return "guest: is one consumer, and answers and moves nothing"
        }
        if results != nil, deadLetters != nil { return "results: an executor has no dead letters" }
        if results != nil, group.ack != .afterProcessing {
            return "results: an executor is done with a dispatch once it is answered"
        }
        return nil
    }
}
