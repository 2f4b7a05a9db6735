import Checker
import Glibc
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

    /// A cluster that stands serves another trial as somebody who is let in; what brokers and controllers say to each other,
    /// workers, a group, and a tool of Kafka's all are.
    @Test(
        .enabled(
            if: getenv("KAFKA_HOME") != nil, "KAFKA_HOME is not set: make kafka, or set it to the folder of a release"))
    func aSecuredKafkaServesTrialsAndTools() async throws {
        let audit = try await Audit(
            configurations: """
                  - name: secured
                    system: kafka
                    settings: {access: secured, brokers: 2, acks: 1, partitions: 1}
                    groups: [{name: state, consumers: 1}]
                    faults: [none, asked]
                """,
            faults: [
                "asked": """
                timeline:
                  - {at: 40%, do: command, node: primary, run: [kafka-topics.sh, --list]}
                  - {at: 50%, do: kill, node: controller}
                  - {at: 60%, do: restart, node: controller-1}
                  - {wait: converged, within: 60s}
                """
            ],
            workload: "{agents: 10, rate: 400, duration: 3s, payload: 200, producers: 1}")
        for fault in ["none", "asked"] {
            let verdict = try audit.verdict("secured", fault)
            #expect(verdict.log.lost == 0, "\(fault)")
            let group = try #require(verdict.groups.first { "\($0.key)" == "state" }?.value)
            #expect(group.undelivered.skipped == 0 && group.undelivered.behind == 0 && group.stuck == 0, "\(fault)")
        }
    }
}
