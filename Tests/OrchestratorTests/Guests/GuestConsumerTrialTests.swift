import Glibc
import Platform
import TestSupport
import Testing

/// Consumers that other people could have written, at a real server: the good one, and what each of its bugs is found as.
@Suite(
    .serialized,
    .enabled(
        if: access("\(Holdfast.root)/.build/clients-venv/bin/python", X_OK) == 0, "no .build/clients-venv: make clients"
    ),
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
        return "\(Holdfast.root)/.build/clients-venv/bin/python, \(Holdfast.root)/examples/redis-py/consumer.py\(words)"
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

            """ + Self.configuration("good", Self.redisPy(), "consumer-kill, consumer-restart")
                + Self.configuration("early", Self.redisPy("early"), "consumer-kill")
                + Self.configuration("others", Self.redisPy("drop", "skip", "twice", "lie"), "none")
                + Self.configuration("nonsense", nonsense, "none"), within: .seconds(220))
        #expect(run.result.status == .exited(3), "\(run.result.output)")

        for fault in ["consumer-kill", "consumer-restart"] {
            #expect(try run.figure("good", fault, "events.acked") > 500)
            for finding in [
                "log.lost", "groups.g.undelivered.skipped", "groups.g.undelivered.behind", "groups.g.unprocessed",
                "groups.g.acks_lost", "groups.g.corrupted", "groups.g.stuck", "groups.g.redelivered.acked",
            ] { #expect(try run.figure("good", fault, finding) == 0, "\(fault): \(finding)") }
        }
        // What the killed one had in hand came to another.
        #expect(try run.figure("good", "consumer-kill", "groups.g.redelivered.unacked") > 0)
        #expect(try run.actions("good", "consumer-restart") == ["terminate", "restart"])

        #expect(try run.figure("early", "consumer-kill", "groups.g.unprocessed") > 0)
        #expect(try run.figure("early", "consumer-kill", "groups.g.redelivered.unacked") == 0)

        // Counted without the checker.
        let history = try run.history("others", "none")
        let delivered = Set(history.of("delivery").compactMap { $0["position"]?.string })
        let dropped = delivered.subtracting(history.of("processed").compactMap { $0["position"]?.string })
        #expect(!dropped.isEmpty)
        #expect(try run.figure("others", "none", "groups.g.unprocessed") == Int64(dropped.count))
        let skipped = Int64(history.acked - delivered.count)
        #expect(skipped > 0)
        #expect(try run.figure("others", "none", "groups.g.undelivered.skipped") == skipped)
        #expect(try run.figure("others", "none", "groups.g.redelivered.unacked") > 0)
        #expect(try run.figure("others", "none", "groups.g.redelivered.acked") > 0)

        let invalid = try run.folder.trial("nonsense", "none")
        #expect(invalid["status"]?.string == "invalid")
        #expect(invalid["reason"]?.string?.contains("line 2 of its output: the line is no single JSON object") == true)
    }
}
