import Checker
import Platform
import TestSupport
import Testing

/// Whole trials at servers that let nobody in but by TLS and passwords, in the namespaces lab. What is lost there and that
/// others are refused is in `ExternalTests`, which are audits of such servers from without and from within.
@Suite(
    .serialized, .timeLimit(.minutes(5)),
    .enabled(
        if: Holdfast.runsTrials && Tool.locate("openssl") != nil,
        "needs root of the machine, redis-server and openssl"))
struct SecuredTrialTests {
    /// Servers move slots among themselves as somebody who is let in; the next trial's servers let everybody in again.
    @Test func slotsMoveBetweenSecuredServersAndTheNextTrialIsOpen() async throws {
        let audit = try await Audit(
            configurations: """
                  - name: secured
                    system: redis-cluster
                    settings: {access: secured, appendonly: yes, streams: agent}
                    groups: [{name: state, consumers: 1}]
                    faults: [{fault: reshard, with: {share: 100%}}]
                  - {name: open, system: redis-standalone, faults: [none]}
                """)
        let verdict = try audit.verdict("secured")
        #expect(verdict.log.lost == 0 && verdict.log.unexpected.failed == 0 && verdict.events.acked > 1500)
        let group = try #require(verdict.groups.first { "\($0.key)" == "state" }?.value)
        #expect(group.undelivered.skipped == 0 && group.undelivered.behind == 0 && group.stuck == 0)
        let moved = try #require(try audit.trial("secured").effects(of: "move-slots").first)
        #expect(moved.contains("keys by MIGRATE"), "\(moved)")
        #expect(try audit.verdict("open").log.lost == 0)
    }
}
