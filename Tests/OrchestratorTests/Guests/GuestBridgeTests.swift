import Platform
import TestSupport
import Testing
import Workers
import Workload

/// The keeper of a bridge under audit: what it tells the command, and what becomes of one that does not do as it should.
@Suite(.serialized, .enabled(if: GuestBench.python != nil, "needs python3"), .timeLimit(.minutes(1)))
struct GuestBridgeTests {
    private static func start(_ script: String, in place: Workplace) throws -> BridgeProcess {
        var bridge = BridgeSettings()
        bridge.guest = GuestSettings(command: [GuestBench.python ?? "python3", "-c", script, "a word"])
        let orders = BridgeOrders(
            worker: "bridge-1.2", number: 2, name: "bridge-1", run: "guests", bridge: bridge, groupName: "bridge",
            hot: ClientOrders(client: "redis", addresses: ["127.0.0.1:1"], streams: ["s"], ack: "reply"),
            cold: ClientOrders(
                client: "kafka", addresses: ["127.0.0.1:2"], streams: ["t-0", "t-1"], ack: "all",
                settings: ["acks": "all"]),
            coldLog: 1, epoch: nil, historyPath: "\(place.path)/shard", holdingPath: "\(place.path)/holding")
        return try BridgeProcess(
            orders, ordersPath: "\(place.path)/orders.json", log: "\(place.path)/log", executable: Holdfast.path)
    }

    /// It reads one line, hears where the hot log has moved to, and finishes at the end of its input.
    @Test func itIsToldWhatItMustKnow() throws {
        let place = try Workplace()
        let process = try Self.start(
            """
            import json, sys
            o = json.loads(sys.stdin.readline())
            assert (o["type"], o["version"], o["group"], o["consumer"]) == ("bridge", 1, "bridge", "bridge-1.2"), o
            assert o["hot"]["addresses"] == ["127.0.0.1:1"] and o["hot"]["streams"] == ["s"], o
            assert o["cold"]["streams"] == ["t-0", "t-1"] and o["cold"]["settings"] == {"acks": "all"}, o
            assert o["kinds"]["tool-call"] == 1 and "memory-read" not in o["kinds"], o
            assert (o["batch"], o["claim"], sys.argv[1]) == (500, 2000000000, "a word"), o
            assert json.loads(sys.stdin.readline()) == {"type": "addresses", "addresses": ["127.0.0.1:3"]}
            print("moved", flush=True)
            assert sys.stdin.read() == ""
            """, in: place)
        process.send(.begin(epoch: MonotonicClock.now()))
        process.send(.addresses(["127.0.0.1:3"]))
        process.send(.stop)
        #expect(process.wait(upTo: .seconds(20)) == .exited(0))
        #expect(process.finishedWell, "\(process.poll())")
        #expect(Files.read("\(place.path)/log", limit: 1 << 10) == "moved\n")
    }

    static let wrong: [(script: String, reason: String)] = [
        ("import sys; sys.exit(0)", "its command ended by itself, and nobody had told it to: exited with 0"),
        ("import sys; sys.exit('no way')", "nobody had told it to: exited with 1; it said: no way"),
        (
            "import sys; sys.stdin.read(); sys.exit(3)",
            "its command was told to finish, and ended: exited with 3"
        ),
    ]

    @Test(arguments: wrong.indices) func anEndThatWasNotMeantIsSaid(_ index: Int) throws {
        let place = try Workplace()
        let process = try Self.start(Self.wrong[index].script, in: place)
        if index == 2 { process.send(.stop) }
        #expect(process.wait(upTo: .seconds(20)) == .exited(4))
        let error = process.poll().error ?? ""
        #expect(error.contains(Self.wrong[index].reason), "\(error)")
        process.end()
    }
}
