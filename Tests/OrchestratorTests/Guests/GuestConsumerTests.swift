import Checker
import Glibc
import History
import Platform
import TestSupport
import Testing
import Workers
import Workload

/// What a consumer under audit is told and may say, and what becomes of one that says anything else.
@Suite(.serialized, .enabled(if: GuestBench.python != nil, "needs python3"), .timeLimit(.minutes(2)))
struct GuestConsumerTests {
    /// What a client does, and why that ends its trial.
    static let wrong: [(name: String, script: String, reason: String)] = [
        ("garbage", #"raw("nonsense\n")"#, "line 1 of its output: the line is no single JSON object"),
        ("half a line", #"raw("{\"type\":\"alive\""); sys.exit(0)"#, "half a line at the end of its output"),
        ("a flood", #"line = '{"type":"alive","t":%d}\n' % now() * 1000"# + "\nwhile True: raw(line)", "a flood: "),
        ("silence", #"say("ready"); time.sleep(60)"#, "has said nothing for 1000 ms"),
        (
            "a producer's record", #"say("attempt", agent=0, seq=0, **{"try": 1}, kind="x", intended=0, crc=0)"#,
            "is nothing that a consumer says"
        ),
        ("another's stream", #"deliver("1-0", stream="x")"#, "stream: it was not told of any `x`"),
        ("a place of Kafka's", "deliver(1)", "position: one of this stream is a string MS-SEQ"),
        ("no bytes", #"at("delivery", "1-0")"#, "value: missing"),
        ("bytes and what was read", #"deliver("1-0", agent=0, seq=0, crc=0)"#, "value: says what `agent` says, too"),
        ("an event without its checksum", #"at("delivery", "1-0", agent=0, seq=0)"#, "crc: missing"),
        ("bytes of no form", #"deliver("1-0", "$$$=")"#, "value: is not base64"),
        ("half a byte", #"deliver("1-0", "QUJDR")"#, "value: is not base64"),
        ("bytes that mean nothing", #"deliver("1-0", "QR==")"#, "value: is not base64"),
        ("a number for bytes", #"at("delivery", "1-0", value=7)"#, "a string in base64, or null"),
        ("more bytes than there are", #"deliver("1-0", "A" * 20000)"#, "is longer than 16720 bytes"),
        ("work on nothing", #"at("processed", "1-0")"#, "position: it was not handed this entry"),
        ("work on something else", #"deliver("1-0"); at("processed", "1-1")"#, "position: it was not handed"),
        ("work without end", #"deliver("1-0"); at("processed", "1-0"); at("processed", "1-0")"#, "is done already"),
        ("an ack of nothing", #"at("ack", "1-0")"#, "position: it was not handed this entry"),
        ("two acks", #"deliver("1-0"); at("ack", "1-0"); at("ack", "1-0")"#, "or it is acknowledged already"),
        ("a commit", #"deliver("1-0"); at("commit", "1-1")"#, "type: the broker confirms entries"),
        ("another's group", #"deliver("1-0", group="g")"#, "group: it is in run.g, not in g"),
        ("another's place", #"deliver("1-0", consumer="x")"#, "consumer: it is consumer-1, not x"),
        ("a time to come", #"deliver("1-0", t=now() + 1000000000)"#, "ahead of the clock"),
        ("an end too soon", #"say("ready"); sys.exit(0)"#, "its command ended by itself"),
        ("a failure", #"sys.exit("no such group")"#, "exited with 1; it said: no such group"),
    ]

    @Test(arguments: wrong.indices) func whatIsWrongEndsTheClientWithTheReason(_ index: Int) throws {
        let (name, script, reason) = Self.wrong[index]
        let bench = try GuestConsumerBench(script + "\ntime.sleep(60)\n")
        let (status, error) = bench.end()
        #expect(status == .exited(4), "\(name)")
        #expect(error.contains(reason), "\(name): \(error)")
        // Its shard is whole all the same.
        #expect(throws: Never.self) { try bench.history() }
    }

    static let elsewhere: [(client: String, ack: GroupSettings.Ack, script: String, reason: String)] = [
        ("redis", .none, #"deliver("1-0"); at("ack", "1-0")"#, "no single entries to this group"),
        ("kafka", .afterProcessing, #"deliver(1, stream="s-0"); at("ack", 1, stream="s-0")"#, "no single entries"),
        ("kafka", .afterProcessing, #"deliver("1-0", stream="s-0")"#, "one of this stream is a whole number"),
    ]

    @Test(arguments: elsewhere.indices) func whatNoBrokerSaysIsRefused(_ index: Int) throws {
        let (client, ack, script, reason) = Self.elsewhere[index]
        let (status, error) = try GuestConsumerBench(script + "\ntime.sleep(60)\n", client: client, ack: ack).end()
        #expect(status == .exited(4))
        #expect(error.contains(reason), "\(error)")
    }

    private static let byTheEnd = """

        while order()["type"] != "end": pass
        """

    /// Before the trial begins every time is 0; bytes are judged here, whatever the client makes of them.
    @Test func whatIsRightIsWrittenDown() throws {
        let bench = try GuestConsumerBench(
            """
            say = lambda type, **fields: raw(json.dumps({"type": type, "t": clock(), **fields}) + "\\n")
            epoch = None
            clock = lambda: time.monotonic_ns() - epoch if epoch else 0
            assert (hello["type"], hello["version"], hello["group"]) == ("consume", 1, "run.g"), hello
            assert (hello["consumer"], hello["worker"]) == ("consumer-1", "consumer-1.2"), hello
            assert (hello["ack"], hello["processing"], hello["batch"]) == ("after-processing", 5000000, 100), hello
            assert (hello["claim"], hello["block"], hello["start"]) == (1000000000, 1000000000, "beginning"), hello
            assert "epoch" not in hello and "assignor" not in hello, hello
            say("ready")
            o = order()
            assert o["type"] == "begin", o
            epoch = o["epoch"]
            assert order() == {"type": "addresses", "addresses": ["127.0.0.1:3"]}
            import base64
            damaged = bytearray(base64.b64decode(values[2]))
            damaged[-1] ^= 1
            deliver("1-0")
            deliver("2-0", 1, group="run.g", consumer="consumer-1")
            deliver("3-0", base64.b64encode(damaged).decode())
            deliver("4-0", None)
            deliver("5-0", "bm8gZXZlbnQ=".replace("=", "\\u003d"))
            at("ack", "2-0")
            for p in range(1, 4): at("processed", "%d-0" % p)
            at("ack", "1-0")
            # It came again: another delivery, and other work.
            deliver("1-0"); at("processed", "1-0"); at("ack", "1-0")
            """ + Self.byTheEnd, epoch: nil)
        #expect(eventually { bench.process.poll().ready })
        bench.process.send(.begin(epoch: MonotonicClock.now()))
        bench.process.send(.addresses(["127.0.0.1:3"]))
        #expect(eventually { bench.process.poll().confirmed == 3 }, "\(bench.process.status)")
        #expect(bench.process.status.holding == 2)
        bench.process.send(.stop)
        let (status, error) = bench.end()
        #expect(status == .exited(0) && bench.process.finishedWell, "\(error)")
        let group = try #require(check(try bench.history()).groups[Name("g")])
        #expect(group.deliveries == 6)
        // Nobody attempted any of them: this history is a consumer's alone.
        #expect(group.redelivered.acked == 1 && group.redelivered.unacked == 0)
        let events = GuestConsumerBench.events
        let deliveries = try bench.history().chunks.flatMap { Array($0.records) }.filter { $0.type == .delivery }
        #expect(
            deliveries.map(\.seq) == [events[0], events[1], events[2]].map(\.event.seq) + [0, 0, events[0].event.seq])
        #expect(deliveries[2].crc != EventCodec.decode(events[2].value)?.crc)
        #expect(deliveries[0].crc == EventCodec.decode(events[0].value)?.crc)
    }

    /// As a history has it, from a client that read the event itself.
    @Test func whatAClientReadItselfIsWrittenDown() throws {
        let bench = try GuestConsumerBench(
            """
            say("ready")
            at("delivery", "1-0", agent=7, seq=8, crc=9)
            at("delivery", "2-0", agent=7, seq=9, crc=4294967295, run="guests")
            at("delivery", "3-0", agent=7, seq=10, crc=9, run="another")
            at("delivery", "4-0", agent=None)
            while order()["type"] != "end": pass
            """)
        #expect(eventually { bench.process.poll().deliveries == 4 }, "\(bench.process.status)")
        bench.process.send(.stop)
        let (status, error) = bench.end()
        #expect(status == .exited(0), "\(error)")
        let deliveries = try bench.history().chunks.flatMap { Array($0.records) }.filter { $0.type == .delivery }
        #expect(deliveries.map(\.agent) == [7, 7, 7, 0] && deliveries.map(\.seq) == [8, 9, 10, 0])
        #expect(deliveries.map(\.crc) == [9, .max, 9, 0])
        #expect(deliveries.map { $0.has(Record.Flags.noAgent) } == [false, false, false, true])
        // Of all of them one is another run's.
        #expect(deliveries.map { $0.run != 0 } == [false, false, true, false])
    }

    /// What a crash would show on is what is in hand, and where confirming comes first what was confirmed of it.
    static let hands: [(client: String, ack: GroupSettings.Ack, script: String, holding: Int)] = [
        ("redis", .afterProcessing, #"at("processed", "1-0"); at("ack", "2-0")"#, 3),
        ("redis", .none, #"at("processed", "1-0")"#, 3),
        ("redis", .beforeProcessing, #"at("ack", "1-0"); at("ack", "2-0"); at("processed", "1-0")"#, 1),
        ("kafka", .afterProcessing, #"at("processed", 1, stream="s-0"); at("commit", 4, stream="s-0")"#, 3),
        ("kafka", .auto, #"at("commit", 3, stream="s-0"); at("processed", 1, stream="s-0")"#, 1),
    ]

    @Test(arguments: hands.indices) func whatIsInHandCanBeRead(_ index: Int) throws {
        let (client, ack, script, holding) = Self.hands[index]
        let places = client == "redis" ? #"["%d-0" % p for p in range(1, 5)]"# : "range(1, 5)"
        let bench = try GuestConsumerBench(
            """
            import signal
            signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
            say("ready")
            for p in \(places): deliver(p, stream=hello["streams"][0])
            \(script)
            while True:
                say("alive")
                time.sleep(0.01)
            """, client: client, ack: ack)
        #expect(
            eventually { bench.process.poll().deliveries == 4 && bench.holding == holding }, "\(bench.holding ?? -1)")
        bench.process.send(signal: SIGSTOP)
        #expect(eventually { bench.process.isStopped })
        #expect(bench.holding == holding)
        bench.process.send(signal: SIGCONT)
        // Terminated, it leaves in good order; killed, it is gone as it was.
        bench.process.send(signal: index % 2 == 0 ? SIGTERM : SIGKILL)
        let (status, error) = bench.end()
        #expect(status == (index % 2 == 0 ? .exited(0) : .signaled(SIGKILL)), "\(error)")
        #expect(try check(bench.history()).groups[Name("g")]?.deliveries == 4)
    }
}
