import Checker
import Platform
import Report
import TestSupport
import Testing

/// Whole trials of `redis-replicated` in the namespaces lab: what promotion, cuts and narrow links do to acknowledged
/// events, and that a fault that does not bite is said to be none.
@Suite(
    .serialized, .timeLimit(.minutes(10)),
    .enabled(if: Holdfast.runsTrials && Tool.locate("tc") != nil, "needs root of the machine, redis-server and tc"))
struct ReplicatedTrialTests {
    // The docker lab's tests have them, too.
    static let killed = """
        timeline:
          - {at: 50%, do: kill, node: primary}
          - {wait: promoted, within: 20s}
          - {wait: {acked: 100}, within: 20s}
          - {do: restart, node: down}
          - {wait: converged, within: 30s}
        """
    static let isolated = """
        parameters: {partition: 1s}
        timeline:
          - {at: 30%, do: isolate, node: primary, from: peers}
          - {wait: promoted, within: 20s}
          - {after: $partition, do: heal}
          - {wait: converged, within: 60s}
        """
    static let laggard = """
        timeline:
          - {at: 30%, do: limit, node: primary, rate: 200kbit, towards: replica 2}
          - {wait: "acked: 100", within: 30s}
          - {after: 500ms, do: isolate, node: primary, from: peers}
          - {do: kill, node: primary}
          - {do: promote, which: worst}
          - {after: 300ms, do: heal}
          - {wait: converged, within: 60s}
        """

    @Test func aKilledPrimaryIsReplacedAndLosesAHandfulAtMost() async throws {
        let audit = try await Audit(
            configurations:
                "  - {name: plain, system: redis-replicated, settings: {appendonly: yes}, faults: [killed]}",
            faults: ["killed": Self.killed])
        let (trial, verdict) = (try audit.trial("plain"), try audit.verdict("plain"))
        // Ten agents with one event in flight each.
        #expect(verdict.log.lost <= 10, "\(verdict.log.lost)")
        #expect(verdict.log.unexpected.failed == 0 && verdict.log.diverged == 0 && verdict.log.corrupted == 0)
        #expect(verdict.events.acked > 1500)
        #expect(trial.effects(of: "promote").count == 1, "\(trial.effects(of: "promote"))")
        #expect(trial.effects(of: "promote").first?.contains("took a probe write") == true)
        #expect(trial.effects(of: "rejoin").isEmpty)
    }

    @Test func aCutLosesWhatPinnedClientsWroteAndMinReplicasBoundsIt() async throws {
        let fault = "faults: [{fault: isolated, with: {partition: 5s}}]"
        let audit = try await Audit(
            configurations: """
                  - {name: free, system: redis-replicated, settings: {clients: pinned}, \(fault)}
                  - {name: bounded, system: redis-replicated, settings: {clients: pinned, min-replicas-to-write: 1, min-replicas-max-lag: 1}, \(fault)}
                  - {name: following, system: redis-replicated, \(fault)}
                """, faults: ["isolated": Self.isolated])
        let free = try audit.verdict("free")
        // The parameter's own value is 1 s: the suite's holds.
        #expect(free.loss.windowNanoseconds > 4_500_000_000, "\(free.loss)")
        #expect(free.log.lost > 4000)
        let bounded = try audit.verdict("bounded")
        #expect(bounded.loss.windowNanoseconds <= 3_200_000_000, "\(bounded.loss)")
        #expect(bounded.events.failed > 1000 && bounded.log.unexpected.failed == 0)
        let following = try audit.verdict("following")
        #expect(following.loss.windowNanoseconds < 2_000_000_000, "\(following.loss)")
        for name in ["free", "bounded", "following"] {
            let trial = try audit.trial(name)
            #expect(trial.effects(of: "isolate").first?.contains("redis-2 to redis-1") == true)
            #expect(trial.effects(of: "rejoin").first?.hasPrefix("redis-1: follows ") == true)
        }
    }

    @Test func waitForOneOfTwoLosesWithTheLaggardAndForBothDoesNot() async throws {
        let audit = try await Audit(
            configurations: """
                  - {name: one, system: redis-replicated, ack: wait 1, faults: [laggard]}
                  - {name: both, system: redis-replicated, ack: wait 2, faults: [laggard]}
                """, faults: ["laggard": Self.laggard])
        let (one, both) = (try audit.verdict("one"), try audit.verdict("both"))
        #expect(one.log.lost > 100, "\(one.log.lost) of \(one.events.acked)")
        #expect(both.log.lost == 0 && both.events.acked > 500, "\(both.log.lost) of \(both.events.acked)")
        #expect(try audit.trial("one").effects(of: "limit").first?.contains("waiting") == true)
        #expect(try audit.trial("one").effects(of: "promote").first?.hasPrefix("redis-3: ") == true)
    }

    @Test func aStalePrimaryGoesOnAcknowledgingUnlessItMissesItsReplica() async throws {
        let audit = try await Audit(
            configurations: """
                  - {name: stale, system: redis-replicated, settings: {replicas: 1, clients: pinned}, faults: [zombie]}
                  - {name: fenced, system: redis-replicated, settings: {replicas: 1, clients: pinned, min-replicas-to-write: 1, min-replicas-max-lag: 10}, faults: [zombie]}
                """,
            faults: [
                "zombie": """
                timeline:
                  - {at: 50%, do: pause, node: primary}
                  - {after: 200ms, wait: promoted, within: 20s}
                  - {after: 300ms, do: resume, node: redis-1}
                  - {after: 2s, wait: converged, within: 30s}
                """
            ])
        let (stale, fenced) = (try audit.verdict("stale"), try audit.verdict("fenced"))
        #expect(stale.log.lost > 1000 && stale.loss.windowNanoseconds > 1_500_000_000, "\(stale.loss)")
        #expect(fenced.log.lost <= 20, "\(fenced.log.lost)")
        #expect(try audit.trial("stale").effects(of: "rejoin").count == 1)
    }

    @Test func stepsForEachReplicaAndRepeatedOnesHappenAsOftenAsTheySay() async throws {
        let audit = try await Audit(
            configurations: "  - {name: plain, system: redis-replicated, faults: [many]}",
            faults: [
                "many": """
                parameters: {rest: 100ms}
                timeline:
                  - at: 20%
                    each: replicas
                    steps: [{do: pause, node: same}, {after: $rest, do: resume, node: same}]
                  - repeat: 2
                    every: 1s
                    steps: [{do: isolate, node: primary, from: clients}, {after: $rest, do: heal, what: isolate}]
                  - {do: isolate, node: replica 2, from: [primary, replica 1]}
                  - {wait: unsynced, within: 30s}
                  - {do: heal}
                  - {wait: converged, within: 30s}
                """
            ])
        let (trial, verdict) = (try audit.trial("plain"), try audit.verdict("plain"))
        #expect(trial.effects(of: "pause").map { $0.prefix(7) } == ["redis-2", "redis-3"])
        let cuts = trial.effects(of: "isolate")
        #expect(cuts.count == 3)
        #expect(cuts.prefix(2).allSatisfy { $0.hasSuffix("redis-1 to clients, clients to redis-1") }, "\(cuts)")
        #expect(cuts.last?.hasPrefix("redis-3: ") == true)
        #expect(verdict.log.lost == 0 && verdict.log.unexpected.failed == 0)
    }

    @Test func aCutThatDoesNotBiteIsNone() async throws {
        let audit = try await Audit(
            configurations: "  - {name: plain, system: redis-replicated, faults: [isolated]}",
            faults: ["isolated": Self.isolated], lying: "iptables")
        let trial = try audit.trial("plain")
        #expect(trial.status == .invalid && audit.exit == .exited(3))
        #expect(trial.reason?.contains("the cut does not hold: redis-1 to redis-2") == true, "\(trial.reason ?? "")")
        #expect(trial.reason?.contains("fault-without-effect") == true, "\(trial.reason ?? "")")
    }

    @Test func aLimitThatNobodyFeelsIsNone() async throws {
        let audit = try await Audit(
            configurations: "  - {name: plain, system: redis-replicated, faults: [wide]}",
            faults: [
                "wide": """
                timeline:
                  - {at: 30%, do: limit, node: primary, rate: 10gbit, towards: peers}
                  - {do: heal}
                """
            ])
        let trial = try audit.trial("plain")
        #expect(trial.status == .invalid)
        #expect(trial.reason?.contains("nothing keeps waiting for the bound") == true, "\(trial.reason ?? "")")
    }
}
