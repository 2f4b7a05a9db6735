public import Workload

/// Everything that a bridge process must know, as a JSON file that it is started with.
public struct BridgeOrders: WorkerOrders {
    public static let role = "bridge"

    /// Names its shard, its status lines and its messages: `bridge-1`, later `bridge-1.2`.
    public var worker: String
    /// Which of a trial's bridge processes it is, from 1, no two the same: its tries are numbered by it.
    public var number: Int
    /// How the hot log and the history call it; another process that takes its place has the same name.
    public var name: String
    public var run: String
    public var bridge: BridgeSettings
    /// As the hot log calls the bridges' group.
    public var groupName: String
    public var hot: ClientOrders
    public var cold: ClientOrders
    /// The index of the cold log in the history's header.
    public var coldLog: Int
    /// The trial's start by CLOCK_MONOTONIC; nil: `begin` will say.
    public var epoch: Int64?
    public var historyPath: String
    /// Where the process keeps how many events it holds; with a stage's name behind it, how many it stands still with
    /// after that stage. Both can be read while the process is stopped.
    public var holdingPath: String

    public init(
        worker: String, number: Int, name: String, run: String, bridge: BridgeSettings, groupName: String,
        hot: ClientOrders, cold: ClientOrders, coldLog: Int, epoch: Int64?, historyPath: String, holdingPath: String
    ) {
        (self.worker, self.number, self.name, self.run) = (worker, number, name, run)
        (self.bridge, self.groupName, self.hot, self.cold) = (bridge, groupName, hot, cold)
        (self.coldLog, self.epoch) = (coldLog, epoch)
        (self.historyPath, self.holdingPath) = (historyPath, holdingPath)
    }

    /// The number of this process's first try: those of others, and of those before it, are apart from it.
    var firstTry: Int64 { Int64(number) * Self.triesOfProcess + 1 }

    private static let triesOfProcess: Int64 = 1_000_000_000

    /// How long an attempt may stay unanswered beyond the client's own time-out, in nanoseconds.
    public var timeout: Int64 { 2_000_000_000 }

    public static func holdingPath(_ path: String, at stage: BridgeStage) -> String { "\(path).\(stage.rawValue)" }

    /// As the orders of the one consumer that it is at the hot log.
    public var reading: ConsumerOrders {
        var orders = ConsumerOrders(
            worker: worker, number: number, run: run, group: bridge.group, groupName: groupName, consumers: [name],
            client: hot, poison: Poison(share: 0, seed: 0), epoch: epoch, historyPath: historyPath,
            holdingPath: holdingPath)
        orders.keepsValues = true
        orders.ownsStreams = bridge.streams == .owned
        return orders
    }

    public var guest: GuestSettings? { bridge.guest }

    public var problem: String? {
        if cold.streams.isEmpty { return "cold.streams: events must go somewhere" }
        if cold.addresses.isEmpty { return "cold.addresses: there is nobody to connect to" }
        if coldLog < 1 { return "coldLog: is behind the hot one" }
        return reading.problem.map { "hot: \($0)" }
    }
}

/// What a bridge did last with a batch.
public enum BridgeStage: String, CaseIterable, Codable, Sendable {
    /// The hot log handed it over.
    case read
    /// The cold log confirmed all of it.
    case produced
    /// The hot log confirmed that it is done.
    case acked
}
