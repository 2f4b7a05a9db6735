import History
import Platform
import TestSupport
import Workers
import Workload

/// A producer under audit without a broker: a few lines of Python that say whatever the test wants.
final class GuestBench {
    static let python = Tool.locate("python3")

    /// What a client of any kind needs.
    static let prelude = """
        import json, os, sys, time
        hello = json.loads(sys.stdin.readline())
        def now(): return time.monotonic_ns() - hello["epoch"]
        def raw(text):
            os.write(1, text.encode())
        def say(type, **fields):
            raw(json.dumps({"type": type, "t": now(), **fields}) + "\\n")
        def order():
            return json.loads(sys.stdin.readline())

        """

    private static let publishing = """
        def publish():
            event = order()
            while event["intended"] > now(): time.sleep(0.001)
            return event
        def attempt(event, **other):
            fields = {name: event[name] for name in ("agent", "seq", "kind", "intended", "crc")}
            say("attempt", **{**fields, "try": 1, **other})
        def outcome(event, result, **other):
            say("outcome", **{"agent": event["agent"], "seq": event["seq"], "try": 1, "result": result, **other})

        """

    let place: Workplace
    let orders: ProducerOrders
    let process: ProducerProcess

    /// - Parameter script: what the client does behind the prelude.
    init(
        _ script: String, retries: Retries = .none, command: [String]? = nil, resumes: [String] = []
    ) throws {
        place = try Workplace()
        let path = try place.file("client.py", Self.prelude + Self.publishing + script)
        var guest = GuestSettings(command: command ?? [Self.python ?? "python3", path])
        guest.silence = 1_000_000_000
        let client = ClientOrders(client: "redis", addresses: ["127.0.0.1:1"], streams: ["s"], ack: "reply")
        var orders = ProducerOrders(
            worker: "producer-1", run: "guests", seed: 1, agents: [0, 1, 2, 3],
            workload: WorkloadSettings(agents: 4, rate: 1000, duration: 1_000_000_000, payload: 10...200, producers: 1),
            client: client, retries: retries, inFlight: 1, epoch: MonotonicClock.now(), loadStart: 0,
            historyPath: "\(place.path)/producer-1.shard", schedulePath: "\(place.path)/schedule.json")
        orders.guest = guest
        self.orders = orders
        process = try ProducerProcess(
            orders, ordersPath: "\(place.path)/orders.json", log: "\(place.path)/log", executable: Holdfast.path)
    }

    deinit { process.end() }

    /// How the scribe ended, and why.
    func end() -> (status: ExitStatus?, error: String) {
        let status = process.wait(upTo: .seconds(30))
        return (status, process.poll().error ?? "")
    }

    /// What its shard says.
    func records() throws -> [Record] {
        try History.open(shards: [orders.historyPath]).chunks.flatMap { Array($0.records) }
    }
}
