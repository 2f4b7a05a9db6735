import Checker
import Platform
import Report
import TestSupport
import Testing

/// Whole trials of `redis-sentinel` in the namespaces lab: that it is the sentinels who promote, that clients hear of it
/// from them and from nobody else, and what is lost meanwhile.
@Suite(
    .serialized, .timeLimit(.minutes(5)),
    .enabled(if: Holdfast.runsTrials && Tool.locate("iptables") != nil, "needs root of the machine and redis-server"))
struct SentinelTrialTests {
    /// By themselves sentinels look at a primary that is back for eight seconds until they make it a replica.
    private static let hurry =
        "- {at: 0%, do: command, node: sentinels, run: [SENTINEL, DEBUG, publish-period, 200, info-period, 500]}"

    @Test func sentinelsReplaceAKilledPrimaryAndEverybodyFollows() async throws {
        let audit = try await Audit(
            configurations: """
                  - name: plain
                    system: redis-sentinel
                    settings: {appendonly: yes}
                    groups: [{name: state, consumers: 2, batch: 50}]
                    faults: [killed]
                """,
            faults: [
                "killed": """
                timeline:
                  \(Self.hurry)
                  - {at: 50%, do: kill, node: primary}
                  - {wait: promoted, within: 20s}
                  - {wait: {acked: 200}, within: 20s}
                  - {do: restart, node: down}
                  - {wait: converged, within: 30s}
                """
            ])
        let (trial, verdict) = (try audit.trial("plain"), try audit.verdict("plain"))
        // Ten agents with one event in flight each.
        #expect(verdict.log.lost <= 10, "\(verdict.log.lost)")
        #expect(verdict.log.unexpected.failed == 0 && verdict.log.diverged == 0 && verdict.log.corrupted == 0)
        #expect(verdict.log.misplaced == 0 && verdict.log.backdated == 0)
        #expect(verdict.events.acked > 1500)
        let group = try #require(verdict.groups.first { "\($0.key)" == "state" }?.value)
        #expect(group.undelivered.skipped == 0 && group.undelivered.behind == 0 && group.stuck == 0)
        // Nobody but the sentinels.
        #expect(trial.effects(of: "promote").isEmpty && trial.effects(of: "rejoin").isEmpty)
        #expect(trial.effects(of: "kill").first?.hasPrefix("redis-1: ") == true)
    }

    @Test func whoIsCutOffWithAnOldPrimaryLosesWhatItAcknowledges() async throws {
        let beside = """
            timeline:
              \(Self.hurry)
              - {at: 30%, do: isolate, node: primary, from: peers}
              - {wait: promoted, within: 20s}
              - {after: 2s, do: heal}
              - {wait: converged, within: 60s}
            """
        let within = """
            timeline:
              \(Self.hurry)
              - {at: 30%, do: isolate, node: [primary, sentinel 1], from: [replicas, sentinel 2, sentinel 3]}
              - {do: isolate, node: [replicas, sentinel 2, sentinel 3], from: clients}
              - {wait: promoted, within: 20s}
              - {after: 2s, do: heal}
              - {wait: converged, within: 60s}
            """
        let audit = try await Audit(
            configurations: """
                  - {name: pinned, system: redis-sentinel, settings: {clients: pinned}, faults: [beside]}
                  - {name: following, system: redis-sentinel, faults: [beside]}
                  - {name: enclosed, system: redis-sentinel, faults: [within]}
                """, faults: ["beside": beside, "within": within])
        let windows = try ["pinned", "following", "enclosed"].map { try audit.verdict($0).loss.windowNanoseconds }
        // Promoted after two seconds and a half: from then on, who hears of it goes to the new primary.
        #expect(windows[0] > 2_000_000_000 && windows[2] > 2_000_000_000, "\(windows)")
        #expect(windows[1] < windows[2] && windows[1] < windows[0], "\(windows)")
        #expect(try audit.verdict("pinned").log.lost > 2000)
        for name in ["pinned", "following", "enclosed"] {
            #expect(try audit.verdict(name).log.unexpected.failed == 0)
            #expect(try audit.trial(name).effects(of: "promote").isEmpty)
        }
    }
}
