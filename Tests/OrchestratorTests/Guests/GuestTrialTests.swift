import Platform
import TestSupport
import Testing

/// Whole trials with producers that other people could have written, on a real Redis.
@Suite(
    .serialized, .enabled(if: Holdfast.runsTrials, "needs root of the machine and a redis-server"),
    .timeLimit(.minutes(4)))
struct GuestTrialTests {
    private static func suite(_ configurations: [(name: String, producer: String)], faults: String) -> String {
        let listed = configurations.map { name, producer in
            "  - {name: \(name), system: redis-standalone, settings: {appendonly: yes}\(producer)}\n"
        }
        return """
            suite: guests
            workload: {agents: 10, rate: 700, duration: 2s, payload: 200, producers: 1}
            seed: 5
            faults: [\(faults)]
            configurations:

            """ + listed.joined()
    }

    /// A client that breaks the protocol spoils its own trial, and no other of the run.
    @Test func whoeverSaysAnythingElseIsInvalidAlone() async throws {
        let wrong = [
            ("garbage", "echo nonsense; exec sleep 60", "line 1 of its output: the line is no single JSON object"),
            ("half", #"printf '{\"type\":'"#, "half a line at the end of its output"),
            ("flood", #"exec yes '{\"type\":\"ready\",\"t\":0}'"#, "a flood: "),
            ("silence", "exec sleep 60", "silence: it has something to do and has said nothing for 1000 ms"),
        ]
        let guests = wrong.map { name, script, _ in
            (name: name, producer: #", producer: {silence: 1s, command: [sh, -c, "\#(script)"]}"#)
        }
        let run = try await Scenario(Self.suite(guests + [("own", "")], faults: "none"))
        #expect(run.result.status == .exited(3), "\(run.result.output)")
        for (name, _, reason) in wrong {
            let trial = try run.folder.trial(name, "none")
            #expect(trial["status"]?.string == "invalid")
            #expect(
                trial["reason"]?.string?.contains("gap: producer-1: exited with 4: \(reason)") == true,
                "\(trial["reason"]?.string ?? "")")
        }
        #expect(try run.lost("own", "none").lost == 0)
    }

    /// Killed and started again, redis-py loses nothing and doubles only what it says that it tried twice; bugs on
    /// purpose are found, each by its name.
    @Test(.enabled(if: Holdfast.clientsPython != nil, "no .build/clients-venv: make clients"))
    func aClientsBugsAreFoundByName() async throws {
        func client(_ words: String, _ more: String = "") -> String {
            let program = "\(Holdfast.root)/examples/redis-py/producer.py"
            return
                ", retries: until-acked, producer: {command: [\(Holdfast.clientsPython ?? ""), \(program)\(words)]}\(more)"
        }
        let run = try await Scenario(
            Self.suite(
                [
                    ("good", client("", ", faults: [producer-kill]")), ("drops", client(", --bug, drop")),
                    ("twice", client(", --bug, twice")),
                ], faults: "none"))
        #expect(run.result.status == .exited(0), "\(run.result.output)")
        #expect(try run.lost("good", "producer-kill").lost == 0)
        #expect(try run.figure("good", "producer-kill", "log.duplicated.unexplained") == 0)
        #expect(try run.actions("good", "producer-kill").first == "kill")
        // Each thousandth.
        let dropped = try run.figure("drops", "none", "events.attempted") / 1000
        #expect(try run.figure("drops", "none", "log.lost") == dropped && dropped > 0)
        #expect(try run.figure("drops", "none", "log.duplicated.unexplained") == 0)
        #expect(try run.figure("twice", "none", "log.lost") == 0)
        #expect(try run.figure("twice", "none", "log.duplicated.unexplained") > 0)
    }
}
