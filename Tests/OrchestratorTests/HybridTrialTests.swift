import Platform
import TestSupport
import Testing

/// Whole trials of both tiers and the bridges between them, on real servers.
@Suite(
    .serialized,
    .enabled(
        if: !Holdfast.environment.isEmpty,
        "KAFKA_HOME is not set: make kafka, or set it to the folder of a release"),
    .enabled(if: Holdfast.runsTrials, "needs root of the machine and a redis-server"), .timeLimit(.minutes(5)))
struct HybridTrialTests {
    /// Nothing is lost on the way, nor doubled; a bridge that dies before it tells Redis doubles what it had in hand, and
    /// one that told it before loses that.
    @Test func bridgesCarryAndDie() async throws {
        let run = try await Scenario(
            """
            suite: hybrid
            workload: {agents: 20, rate: 300, duration: 3s, payload: 200, producers: 1}
            seed: 5
            configurations:

            """ + Scenario.hybrid("after", "{count: 2, claim: 1s}", "none, bridge-kill")
                + Scenario.hybrid(
                    "before", "{count: 2, claim: 1s, ack: before-kafka}",
                    "{fault: bridge-kill, with: {stage: acked}}"),
            environment: Holdfast.environment, within: .seconds(240))
        #expect(run.result.status == .exited(0), "\(run.result.output)")
        for (cell, fault) in [("after", "none"), ("after", "bridge-kill"), ("before", "bridge-kill")] {
            let acked = try run.figure(cell, fault, "events.acked")
            #expect(acked > 700)
            // All but what goes straight to the cold log.
            let hot = try run.figure(cell, fault, "latency.logs.hot.count")
            #expect(try run.figure(cell, fault, "logs.hot.entries") == hot)
            #expect(try run.figure(cell, fault, "latency.logs.cold.count") == acked - hot && hot < acked)
            #expect(try run.figure(cell, fault, "logs.hot.lost") == 0)
            for finding in [
                "corrupted", "diverged", "unexpected.never_attempted", "duplicated.unexplained", "reordered.retried",
                "reordered.unexplained",
            ] {
                #expect(try run.figure(cell, fault, "logs.cold.\(finding)") == 0, "\(cell): \(finding)")
            }
            for finding in ["undelivered.skipped", "undelivered.behind", "vanished", "stuck", "acks_lost"] {
                #expect(try run.figure(cell, fault, "groups.bridge.\(finding)") == 0, "\(cell): \(finding)")
            }
        }
        // Counted without the checker: all that agents wrote, but for what they read.
        let history = try run.history("after", "none")
        let attempts = history.of("attempt")
        let written = attempts.filter { $0["log"] == nil && $0["kind"]?.string != "memory-read" }.map(Lines.event)
        let cold = attempts.filter { $0["log"]?.string == "cold" }
        let carried = cold.filter { !Self.isStraight($0) }.map(Lines.event)
        #expect(Set(written) == Set(carried) && written.count == carried.count)
        #expect(try run.figure("after", "none", "logs.cold.entries") == Int64(cold.count))
        for finding in ["logs.cold.lost", "logs.cold.duplicated.retried", "groups.bridge.redelivered.unacked"] {
            #expect(try run.figure("after", "none", finding) == 0, "\(finding)")
        }

        #expect(try run.actions("after", "bridge-kill") == ["kill", "restart"])
        #expect(try run.figure("after", "bridge-kill", "log.lost") == 0)
        let doubled = try run.figure("after", "bridge-kill", "log.duplicated.retried")
        #expect(doubled > 0 && doubled <= 500)
        #expect(try run.figure("after", "bridge-kill", "groups.bridge.redelivered.unacked") >= doubled)

        let lost = try run.figure("before", "bridge-kill", "log.lost")
        #expect(lost > 0 && lost <= 500)
        #expect(try run.figure("before", "bridge-kill", "log.duplicated.retried") == 0)
        #expect(try run.figure("before", "bridge-kill", "groups.bridge.unprocessed") == lost)
        #expect(try run.figure("before", "bridge-kill", "groups.bridge.redelivered.unacked") == 0)
    }

    private static func isStraight(_ attempt: JSONValue) -> Bool {
        ["audit", "agent-lifecycle"].contains(attempt["kind"]?.string)
    }

    /// Executors answer every dispatch once, what nobody waits for goes straight to the cold log, and a bridge that was
    /// given up for dead with a transaction open is fenced by its heir: nothing of what it had under way comes twice.
    @Test func turnsTrailsAndTransactions() async throws {
        let run = try await Scenario(
            """
            suite: hybrid
            workload: {agents: 20, rate: 300, duration: 3s, payload: 200, producers: 1}
            results: {executors: 2}
            seed: 5
            configurations:

            """
                + Scenario.hybrid(
                    "turns", "{count: 2, claim: 1s, transactions: true}",
                    "{fault: bridge-zombie, with: {pause: 2s}}"),
            environment: Holdfast.environment, within: .seconds(120))
        #expect(run.result.status == .exited(0), "\(run.result.output)")
        func figure(_ path: String) throws -> Int64 { try run.figure("turns", "bridge-zombie", path) }
        for log in ["hot", "cold", "results"] {
            for finding in [
                "lost", "corrupted", "diverged", "unexpected.failed", "unexpected.never_attempted",
                "duplicated.retried", "duplicated.unexplained", "reordered.retried", "reordered.unexplained",
            ] {
                #expect(try figure("logs.\(log).\(finding)") == 0, "\(log): \(finding)")
            }
        }
        let attempts = try run.history("turns", "bridge-zombie").of("attempt")
        let dispatches = attempts.filter { $0["log"] == nil && $0["kind"]?.string == "tool-call" }.map(Lines.event)
        let results = attempts.filter { $0["log"]?.string == "results" }
        #expect(!dispatches.isEmpty && results.count == dispatches.count)
        #expect(Set(results.map(Lines.event)) == Set(dispatches))
        #expect(results.allSatisfy { $0["kind"]?.string == "tool-result" })
        #expect(try figure("latency.turn.count") == Int64(dispatches.count))

        let straight = attempts.filter(Self.isStraight)
        #expect(!straight.isEmpty && straight.allSatisfy { $0["log"]?.string == "cold" && $0["transaction"] == nil })
        let carried = attempts.filter { $0["log"]?.string == "cold" && !Self.isStraight($0) }
        #expect(!carried.isEmpty && carried.allSatisfy { $0["transaction"]?.string != nil })
        #expect(try figure("transactions.committed") > 0)
        for finding in ["transactions.torn", "transactions.leaked", "groups.bridge.stuck"] {
            #expect(try figure(finding) == 0, "\(finding)")
        }
        // What the zombie had was handed to another, and neither its try nor another's is there twice.
        #expect(try figure("groups.bridge.redelivered.unacked") > 0)
        for phase in ["before", "during", "after"] { #expect(try figure("latency.phases.\(phase).count") > 0) }
    }
}
