import Foundation
import History
import Platform
import TestSupport
import Workers
import Workload

/// A consumer under audit without a broker: a few lines of Python that say whatever the test wants.
final class GuestConsumerBench {
    /// The script's `values`: of agent 0, in the order of its seqs.
    static let events: [(event: PlannedEvent, value: [UInt8])] = {
        let workload = WorkloadSettings(agents: 1, rate: 1000, duration: 1, payload: 10...200, producers: 1)
        let codec = EventCodec(run: "guests", seed: 1, longest: 200)
        var life = AgentLife(agent: 0, seed: 1, settings: workload)
        return (0..<4).map { _ in
            let event = life.following()
            var value = [UInt8](repeating: 0, count: EventCodec.length(of: event))
            _ = value.withUnsafeMutableBytes { codec.encode(event, intended: 1, into: $0) }
            return (event, value)
        }
    }()

    private static let reading = """
        def at(type, position, **other):
            say(type, **{"stream": "s", "position": position, **other})
        def deliver(position, value=0, **other):
            at("delivery", position, **{"value": values[value] if isinstance(value, int) else value, **other})

        """

    let place: Workplace
    let orders: ConsumerOrders
    let process: ConsumerProcess

    /// - Parameters:
    ///   - script: what the client does behind the prelude.
    ///   - client: of Redis there is the stream `s`, of Kafka `s-0`.
    init(
        _ script: String, client: String = "redis", ack: GroupSettings.Ack = .afterProcessing,
        epoch: Int64? = MonotonicClock.now()
    ) throws {
        place = try Workplace()
        let values = Self.events.map { "\"\(Data($0.value).base64EncodedString())\"" }.joined(separator: ", ")
        let prelude = GuestBench.prelude + "values = [\(values)]\n" + Self.reading
        let path = try place.file("client.py", prelude + script)
        var group = GroupSettings(name: "g")
        (group.ack, group.processing) = (ack, 5_000_000)
        let streams = [client == "redis" ? "s" : "s-0"]
        var orders = ConsumerOrders(
            worker: "consumer-1.2", number: 2, run: "guests", group: group, groupName: "run.g",
            consumers: ["consumer-1"],
            client: ClientOrders(client: client, addresses: ["127.0.0.1:1"], streams: streams, ack: "reply"),
            poison: Poison(share: 0, seed: 1), epoch: epoch, historyPath: "\(place.path)/consumer-1.shard",
            holdingPath: "\(place.path)/holding")
        orders.guest = GuestSettings(command: [GuestBench.python ?? "python3", path])
        orders.guest?.silence = 1_000_000_000
        orders.longestValue = EventCodec.headerLength + 200
        self.orders = orders
        process = try ConsumerProcess(
            orders, ordersPath: "\(place.path)/orders.json", log: "\(place.path)/log", executable: Holdfast.path)
    }

    deinit { process.end() }

    /// How the scribe ended, and why.
    func end() -> (status: ExitStatus?, error: String) {
        let status = process.wait(upTo: .seconds(30))
        return (status, process.poll().error ?? "")
    }

    /// What its shard says.
    func history() throws -> History { try History.open(shards: [orders.historyPath]) }

    /// On how many events a crash would show.
    var holding: Int? { HoldingFile.read(orders.holdingPath) }
}
