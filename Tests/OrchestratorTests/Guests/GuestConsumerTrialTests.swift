import Platform
import TestSupport
import Testing

/// Consumers that other people could have written, at a real server: the good one, and what each of its bugs is found as.
@Suite(
    .serialized,
    .enabled(if: Holdfast.clientsPython != nil, "no .build/clients-venv: make clients"),
    .enabled(if: Holdfast.runsTrials, "needs root of the machine and a redis-server"), .timeLimit(.minutes(4)))
struct GuestConsumerTrialTests {
    private static func configuration(_ name: String, _ command: String, _ faults: String) -> String {
        """
          - name: \(name)
            system: redis-standalone
            settings: {appendonly: no, save: ""}
            consumer: {command: [\(command)]}
            faults: [\(faults)]

        """
    }

    private static func redisPy(_ bugs: String...) -> String {
        let words = bugs.map { ", --bug, \($0)" }.joined()
        return "\(Holdfast.clientsPython ?? ""), \(Holdfast.root)/examples/redis-py/consumer.py\(words)"
    }

    @Test func bugsAreFoundByTheirNames() async throws {
        // It takes its place, and has nothing else to say.
        let nonsense = #"sh, -c, 'echo "{\"type\":\"ready\",\"t\":0}"; read a; read b; echo nonsense; sleep 60'"#
        let run = try await Scenario(
            """
            suite: consumers
            workload: {agents: 10, rate: 300, duration: 2s, payload: 200, producers: 1}
            groups: [{name: g, consumers: 2, processing: 3ms}]
            seed: 5
            configurations:

            """ + Self.configuration("good", Self.redisPy(), "consumer-kill")
                + Self.configuration("early", Self.redisPy("early"), "consumer-kill")
                + Self.configuration("others", Self.redisPy("drop", "skip", "twice", "lie"), "consumer-restart")
                + Self.configuration("nonsense", nonsense, "none"), within: .seconds(220))
        #expect(run.result.status == .exited(3), "\(run.result.output)")

        #expect(try run.figure("good", "consumer-kill", "events.acked") > 500)
        for finding in [
            "log.lost", "groups.g.undelivered.skipped", "groups.g.undelivered.behind", "groups.g.unprocessed",
            "groups.g.acks_lost", "groups.g.corrupted", "groups.g.stuck", "groups.g.redelivered.acked",
        ] { #expect(try run.figure("good", "consumer-kill", finding) == 0, "\(finding)") }
        // What the killed one had in hand came to another.
        #expect(try run.figure("good", "consumer-kill", "groups.g.redelivered.unacked") > 0)

        #expect(try run.figure("early", "consumer-kill", "groups.g.unprocessed") > 0)
        #expect(try run.figure("early", "consumer-kill", "groups.g.redelivered.unacked") == 0)

        // It left when it was told to, with nothing in hand, and came back under its name. Counted without the checker.
        #expect(try run.actions("others", "consumer-restart") == ["terminate", "restart"])
        let history = try run.history("others", "consumer-restart")
        let delivered = Set(history.of("delivery").compactMap { $0["position"]?.string })
        let dropped = delivered.subtracting(history.of("processed").compactMap { $0["position"]?.string })
        #expect(!dropped.isEmpty)
        #expect(try run.figure("others", "consumer-restart", "groups.g.unprocessed") == Int64(dropped.count))
        let skipped = Int64(history.acked - delivered.count)
        #expect(skipped > 0)
        #expect(try run.figure("others", "consumer-restart", "groups.g.undelivered.skipped") == skipped)
        #expect(try run.figure("others", "consumer-restart", "groups.g.redelivered.unacked") > 0)
        #expect(try run.figure("others", "consumer-restart", "groups.g.redelivered.acked") > 0)

        let invalid = try run.folder.trial("nonsense", "none")
        #expect(invalid["status"]?.string == "invalid")
        #expect(invalid["reason"]?.string?.contains("line 2 of its output: the line is no single JSON object") == true)
    }
}
