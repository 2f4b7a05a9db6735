import Platform
import TestSupport
import Testing

/// A bridge that other people could have written, between real servers, judged by the two logs alone.
@Suite(
    .serialized,
    .enabled(
        if: !Holdfast.environment.isEmpty,
        "KAFKA_HOME is not set: make kafka, or set it to the folder of a release"),
    .enabled(if: Holdfast.clientsPython != nil, "no .build/clients-venv: make clients"),
    .enabled(if: Holdfast.runsTrials, "needs root of the machine and a redis-server"), .timeLimit(.minutes(4)))
struct GuestBridgeTrialTests {
    private static func configuration(_ name: String, _ words: String, _ faults: String) -> String {
        let command = "\(Holdfast.clientsPython ?? ""), \(Holdfast.root)/examples/redis-kafka-bridge/bridge.py\(words)"
        return Scenario.hybrid(name, "{count: 2, claim: 1s, command: [\(command)]}", faults)
    }

    /// What it carries is there once; what it leaves out is lost; what a killed one had in hand comes from its heir.
    @Test func whatItLeavesOutIsFound() async throws {
        let run = try await Scenario(
            """
            suite: bridges
            workload: {agents: 20, rate: 300, duration: 3s, payload: 200, producers: 1}
            seed: 5
            configurations:

            """ + Self.configuration("carries", "", "none, bridge-kill")
                + Self.configuration("drops", ", --bug, drop", "none"),
            environment: Holdfast.environment, within: .seconds(200))
        #expect(run.result.status == .exited(0), "\(run.result.output)")
        for (cell, fault) in [("carries", "none"), ("carries", "bridge-kill"), ("drops", "none")] {
            #expect(try run.figure(cell, fault, "events.acked") > 700)
            #expect(try run.figure(cell, fault, "logs.hot.lost") == 0)
            for finding in ["corrupted", "diverged", "unexpected.never_attempted"] {
                #expect(try run.figure(cell, fault, "logs.cold.\(finding)") == 0, "\(cell): \(finding)")
            }
        }
        // Counted without the checker: all that agents wrote, but for what they read.
        let written = try run.history("carries", "none").of("attempt").filter { $0["kind"]?.string != "memory-read" }
        #expect(try run.figure("carries", "none", "logs.cold.entries") == Int64(written.count))
        for finding in ["lost", "duplicated.retried", "duplicated.unexplained"] {
            #expect(try run.figure("carries", "none", "logs.cold.\(finding)") == 0, "\(finding)")
        }
        #expect(try run.figure("carries", "bridge-kill", "logs.cold.lost") == 0)
        #expect(try run.actions("carries", "bridge-kill") == ["kill", "restart"])

        let dropped = try run.history("drops", "none").of("attempt").filter {
            $0["log"] == nil && $0["kind"]?.string != "memory-read" && ($0["seq"]?.integer ?? 0) % 20 == 7
        }
        #expect(!dropped.isEmpty)
        #expect(try run.figure("drops", "none", "logs.cold.lost") == Int64(dropped.count))
        #expect(try run.figure("drops", "none", "logs.cold.duplicated.unexplained") == 0)
    }
}
