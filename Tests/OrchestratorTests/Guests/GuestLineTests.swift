import Checker
import Glibc
import History
import Platform
import TestSupport
import Testing
import Workers

/// What a producer under audit may say, and what becomes of one that says anything else.
@Suite(.serialized, .enabled(if: GuestBench.python != nil, "needs python3"), .timeLimit(.minutes(2)))
struct GuestLineTests {
    /// What a client does, and why that ends its trial.
    static let wrong: [(name: String, script: String, reason: String)] = [
        ("garbage", #"raw("nonsense\n")"#, "line 1 of its output: the line is no single JSON object"),
        ("bytes that are no text", #"os.write(1, b"{\"type\":\"ali\xff\"}\n")"#, "bytes that are not UTF-8"),
        ("two objects", #"raw("{} {}\n")"#, "something follows the object"),
        ("half a line", #"raw("{\"type\":\"alive\""); order(); sys.exit(0)"#, "half a line at the end of its output"),
        ("a long line", #"raw(" " * 20000 + "\n")"#, "a line of its output is longer than 16384 bytes"),
        ("a line without end", #"while True: raw(" " * 4096)"#, "a line of its output is longer than 16384 bytes"),
        ("a flood", #"line = '{"type":"alive","t":%d}\n' % now() * 1000"# + "\nwhile True: raw(line)", "a flood: "),
        ("silence", "time.sleep(60)", "silence: it has something to do and has said nothing for 1000 ms"),
        ("a type that is none", #"say("gap", worker="x", reason="y")"#, "type: gap is not known"),
        (
            "a consumer's record", #"say("ack", group="g", consumer="c", stream="s", position="1-0")"#,
            "is nothing that a producer says"
        ),
        ("a missing field", #"e = publish(); say("attempt", agent=e["agent"], seq=e["seq"])"#, "try: missing"),
        ("a time that goes back", #"say("alive"); say("alive", t=now() // 2)"#, "its time does not go back"),
        ("a time to come", #"say("alive", t=now() + 1000000000)"#, "ahead of the clock"),
        ("a time before it was", #"say("alive", t=0)"#, "before it was started"),
        (
            "an event of nobody's", #"e = publish(); attempt(e, seq=100000)"#,
            "is not one that it was ordered to publish"
        ),
        ("another's agent", #"e = publish(); attempt(e, agent=77)"#, "is not one that it was ordered to publish"),
        ("another checksum", #"e = publish(); attempt(e, crc=1)"#, "another kind, intended or crc"),
        ("another time", #"e = publish(); attempt(e, intended=1)"#, "another kind, intended or crc"),
        (
            "an attempt before it was due",
            """
            while True:
                e = order()
                if e["intended"] > now() + 200000000: break
            attempt(e)
            """, "is before it was due"
        ),
        ("the second try first", #"e = publish(); attempt(e, **{"try": 2})"#, "is not the next, which is 1"),
        ("an outcome of nothing", #"e = publish(); outcome(e, "acked")"#, "is not one that waits for its outcome"),
        (
            "two outcomes", #"e = publish(); attempt(e); outcome(e, "acked"); outcome(e, "failed")"#,
            "is not one that waits for its outcome"
        ),
        (
            "another try, not asked for", #"e = publish(); attempt(e); outcome(e, "failed"); attempt(e, **{"try": 2})"#,
            "the configuration says retries: none"
        ),
        (
            "another try of what is done", #"e = publish(); attempt(e); outcome(e, "acked"); attempt(e, **{"try": 2})"#,
            "was acknowledged already"
        ),
        (
            "a place of Kafka's",
            #"e = publish(); attempt(e); outcome(e, "acked", stream="s", position=7)"#, "a string MS-SEQ"
        ),
        (
            "a place in no stream", #"e = publish(); attempt(e); outcome(e, "acked", position="1-0")"#,
            "stream: missing"
        ),
        (
            "a place elsewhere", #"e = publish(); attempt(e); outcome(e, "acked", stream="x", position="1-0")"#,
            "it was not told of any `x`"
        ),
        ("an end too soon", "sys.exit(0)", "its command ended by itself"),
        ("a failure", #"sys.exit("no module named x")"#, "exited with 1; it said: no module named x"),
    ]

    @Test(arguments: wrong.indices) func whatIsWrongEndsTheClientWithTheReason(_ index: Int) throws {
        let (name, script, reason) = Self.wrong[index]
        let bench = try GuestBench(script + "\ntime.sleep(60)\n")
        let (status, error) = bench.end()
        #expect(status == .exited(4), "\(name)")
        #expect(error.contains(reason), "\(name): \(error)")
        // Its shard is whole all the same.
        #expect(try bench.records().allSatisfy { $0.type != .gap || $0.t > 0 }, "\(name)")
    }

    @Test func aProgramThatIsNotThereIsNamed() throws {
        let (status, error) = try GuestBench("", command: ["/nowhere/client"]).end()
        #expect(status == .exited(4))
        #expect(error.isEmpty)
    }

    /// Plays every order but for some, and ends as it is told to.
    private static func player(skipping: String = "False") -> String {
        """
        say("ready")
        while True:
            e = order()
            if e["type"] == "end": break
            if \(skipping): continue
            while e["intended"] > now(): time.sleep(0.0005)
            attempt(e)
            outcome(e, "acked", stream="s", position="%d-%d" % (e["agent"] + 1, e["seq"]))

        """
    }

    @Test func whatIsRightIsWrittenDown() throws {
        let bench = try GuestBench(Self.player())
        bench.process.send(.until(1_000_000_000))
        let (status, error) = bench.end()
        #expect(status == .exited(0), "\(error)")
        #expect(bench.process.finishedWell)
        let records = try bench.records()
        let attempts = records.filter { $0.type == .attempt }
        #expect(attempts.count > 500)
        #expect(records.filter { $0.type == .outcome && $0.outcome == .acked }.count == attempts.count)
        #expect(records.allSatisfy { $0.type != .gap })
        #expect(bench.process.status.acked == Int64(attempts.count))
    }

    @Test func whatWasPassedOverIsNamed() throws {
        let bench = try GuestBench(Self.player(skipping: #"e["seq"] % 50 == 7"#))
        bench.process.send(.until(1_000_000_000))
        #expect(bench.end().status == .exited(0))
        let history = try History.open(shards: [bench.orders.historyPath])
        let gaps = check(history).invalidReasons.filter { $0.hasPrefix("gap: ") }
        #expect(gaps.count == 1)
        #expect(gaps.first?.hasPrefix("gap: producer-1: not attempted: ") == true, "\(gaps)")
        #expect(gaps.first?.contains("agent 0 seq 7") == true, "\(gaps)")
    }

    @Test func aKilledClientHasWrittenDownAllThatItSaid() throws {
        // Counts for itself what it has said; a line more than it says that it has may have left it.
        let bench = try GuestBench(
            """
            say("ready")
            count = 0
            log = os.open(os.path.dirname(sys.argv[0]) + "/count", os.O_CREAT | os.O_WRONLY)
            while True:
                e = publish()
                attempt(e)
                count += 1
                os.pwrite(log, b"%d" % count, 0)
                raw('{"type":')
                raw('"alive","t":%d}\\n' % now())

            """)
        #expect(eventually { bench.process.poll().attempted > 50 })
        bench.process.send(signal: SIGSTOP)
        #expect(eventually { bench.process.isStopped })
        // A wait leaves it stopped, and the step behind it stops it: once let go on, it goes on.
        bench.process.send(signal: SIGSTOP)
        let stopped = bench.process.status.attempted
        bench.process.send(signal: SIGCONT)
        #expect(eventually { bench.process.poll().attempted > stopped + 50 })
        bench.process.send(signal: SIGKILL)
        bench.process.send(signal: SIGCONT)
        #expect(bench.end().status == .signaled(SIGKILL))
        let said = try #require(Files.read("\(bench.place.path)/count", limit: 64).flatMap { Int($0) })
        let written = try bench.records().count { $0.type == .attempt }
        #expect(written >= said && written <= said + 1, "\(written) of \(said)")
        #expect(said > 100)
    }
}
