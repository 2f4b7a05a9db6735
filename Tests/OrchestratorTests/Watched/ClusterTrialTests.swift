import Checker
import Platform
import Report
import TestSupport
import Testing

/// Whole trials of `redis-cluster` in the namespaces lab: a shard fails over while the others go on, and slots move under
/// load without anything lost.
@Suite(
    .serialized, .timeLimit(.minutes(5)),
    .enabled(if: Holdfast.runsTrials, "needs root of the machine and redis-server"))
struct ClusterTrialTests {
    private static func suite(_ settings: String, fault: String) -> String {
        """
        suite: scenario
        workload: {agents: 9, rate: 450, duration: 2s, payload: 200, producers: 1}
        groups: [{name: state, consumers: 2, batch: 50, claim: 3s}]
        seed: 7
        configurations:
          - {name: plain, system: redis-cluster, settings: {streams: agent, \(settings)}, faults: [\(fault)]}
        """
    }

    @Test func aShardFailsOverAndOnlyItsAgentsWait() async throws {
        let run = try await Scenario(
            Self.suite(
                "appendonly: yes, cluster-node-timeout: 1000, cluster-require-full-coverage: no",
                fault: "primary-kill-failover"))
        let (lost, _) = try run.lost("plain", "primary-kill-failover")
        // Three agents with one event in flight each.
        #expect(lost <= 3)
        let history = try run.history("plain", "primary-kill-failover")
        let kill = try #require(history.of("fault").first { $0["action"]?.string == "kill" })
        let victim = try #require(kill["node"]?.string)
        let shard = try #require(["redis-1", "redis-2", "redis-3"].firstIndex(of: victim))
        // Agent by agent the streams go to one shard after the other.
        let unhappy = Set(
            history.of("outcome").filter { $0["result"]?.string != "acked" }.compactMap { $0["agent"]?.integer })
        #expect(unhappy == Set((0..<9).filter { $0 % 3 == Int64(shard) }), "\(unhappy.sorted()) of \(victim)")
        let verdict = try #require(try run.folder.trial("plain", "primary-kill-failover")["verdict"])
        #expect(verdict["log.unexpected.failed"]?.integer == 0)
        #expect(verdict["groups.state.undelivered.skipped"]?.integer == 0)
        #expect(verdict["groups.state.undelivered.behind"]?.integer == 0)
        #expect(try !run.actions("plain", "primary-kill-failover").contains("promote"))
    }

    @Test func slotsMoveUnderLoadAndNothingIsLostOrFails() async throws {
        let run = try await Scenario(Self.suite("appendonly: yes", fault: "{fault: reshard, with: {share: 100%}}"))
        let (lost, acked) = try run.lost("plain", "reshard")
        #expect(lost == 0)
        let history = try run.history("plain", "reshard")
        let effect = try #require(
            history.of("fault").first { $0["action"]?.string == "move-slots" && $0["phase"]?.string == "effect" })
        #expect(effect["detail"]?.string?.contains(" slots with 3 streams went from redis-1 to redis-2") == true)
        // Who was sent elsewhere went there: refused tries have failed, and no event has.
        let refused = history.of("outcome").filter { $0["result"]?.string == "failed" }
        #expect(!refused.isEmpty)
        #expect(
            refused.allSatisfy { outcome in
                ["MOVED ", "ASK "].contains { outcome["error"]?.string?.hasPrefix($0) == true }
            })
        let verdict = try #require(try run.folder.trial("plain", "reshard")["verdict"])
        #expect(verdict["events.failed"]?.integer == 0 && verdict["events.unknown"]?.integer == 0)
        #expect(verdict["events.attempted"]?.integer == Int64(acked))
        for finding in [
            "log.duplicated.retried", "log.duplicated.unexplained", "log.reordered.unexplained",
            "log.unexpected.failed",
            "log.misplaced", "log.backdated", "groups.state.undelivered.skipped", "groups.state.undelivered.behind",
            "groups.state.vanished", "groups.state.stuck", "groups.state.moved",
        ] {
            #expect(verdict[finding]?.integer == 0, "\(finding)")
        }
    }
}
