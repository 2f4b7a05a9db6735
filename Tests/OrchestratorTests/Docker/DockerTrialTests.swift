import Checker
import Platform
import Report
import TestSupport
import Testing

/// Whole trials in the docker lab, on an engine of the tests' own: what is lost and what is not is the same as in the
/// namespaces lab, and a fault that the engine does not carry out is said to be none.
@Suite(
    .serialized, .timeLimit(.minutes(15)),
    .enabled(if: DockerHost.isThere, "NO DOCKER ENGINE CAN BE STARTED HERE (see above)"))
struct DockerTrialTests {
    private static let redisFaults = [
        "laggard": """
        timeline:
          - {at: 30%, do: limit, node: primary, rate: 200kbit, towards: replica 2}
          - {wait: "acked: 100", within: 30s}
          - {after: 500ms, do: isolate, node: primary, from: peers}
          - {do: kill, node: primary}
          - {do: promote, which: worst}
          - {after: 300ms, do: heal}
          - {wait: converged, within: 60s}
        """,
        "isolated": """
        timeline:
          - {at: 30%, do: isolate, node: primary, from: peers}
          - {wait: promoted, within: 20s}
          - {after: 3s, do: heal}
          - {wait: converged, within: 60s}
        """,
        "killed": """
        timeline:
          - {at: 50%, do: kill, node: primary}
          - {wait: promoted, within: 20s}
          - {wait: {acked: 100}, within: 20s}
          - {do: restart, node: down}
          - {wait: converged, within: 30s}
        """,
    ]

    /// With the bounds that hold in the namespaces lab (`ReplicatedTrialTests`, `TrialTests`).
    @Test func redisLosesWhatItDoesInTheOtherLab() async throws {
        let audit = try await DockerAudit(
            lab: "docker",
            configurations: """
                  - {name: "no", system: redis-standalone, settings: {appendonly: yes, appendfsync: "no"}, faults: [power-loss]}
                  - {name: always, system: redis-standalone, settings: {appendonly: yes, appendfsync: always}, faults: [power-loss, disk-full]}
                  - {name: pinned, system: redis-replicated, settings: {clients: pinned, appendonly: yes}, faults: [isolated, killed]}
                  - {name: one, system: redis-replicated, ack: wait 1, faults: [laggard]}
                """, faults: Self.redisFaults)
        #expect(try audit.verdict("no", "power-loss").log.lost > 100)
        #expect(try audit.verdict("always", "power-loss").log.lost == 0)
        #expect(try audit.verdict("always", "disk-full").log.lost == 0)
        let isolated = try audit.verdict("pinned", "isolated")
        #expect(isolated.loss.windowNanoseconds > 2_500_000_000 && isolated.log.lost > 2000, "\(isolated.loss)")
        // Ten agents with one event in flight each.
        #expect(try audit.verdict("pinned", "killed").log.lost <= 10)
        #expect(try audit.verdict("one", "laggard").log.lost > 100)
        #expect(try audit.trial("one", "laggard").effects(of: "limit").first?.contains("waiting") == true)
        #expect(try audit.trial("one", "laggard").effects(of: "promote").first?.hasPrefix("redis-3: ") == true)
        let cut = try audit.trial("pinned", "isolated").effects(of: "isolate").first
        #expect(cut?.contains("redis-2 to redis-1") == true && cut?.contains("redis-1 to redis-3") == true)
        #expect(audit.exit == .exited(0), "\(audit.said)")
    }

    @Test(
        .enabled(
            if: !Holdfast.kafkaEnvironment.isEmpty,
            "KAFKA_HOME is not set: make kafka, or set it to the folder of a release"))
    func kafkaLosesWhatItDoesInTheOtherLab() async throws {
        let audit = try await DockerAudit(
            lab: "docker",
            configurations: """
                  - name: one
                    system: kafka
                    settings: {acks: 1, clients: pinned}
                    faults: [{fault: leader-isolated, with: {partition: 3s}}]
                  - name: all
                    system: kafka
                    settings: {acks: all, min.insync.replicas: 2}
                    faults: [leader-kill, lag, power-loss-all]
                """, workload: "{agents: 24, rate: 400, duration: 5s, payload: 200, producers: 2, in-flight: 5}",
            faults: [
                "lag": """
                timeline:
                  - {at: 30%, do: limit, node: primary, rate: 100kbit, towards: replica 1}
                  - {after: 1s, do: heal}
                  - {wait: converged, within: 60s}
                """
            ])
        // As `KafkaTrialTests` and docs/kafka.md have it.
        #expect(try audit.verdict("one", "leader-isolated").log.lost > 0)
        #expect(try audit.verdict("all", "leader-kill").log.lost == 0)
        #expect(try audit.verdict("all", "lag").log.lost == 0)
        #expect(try audit.trial("all", "lag").effects(of: "limit").first?.contains("waiting") == true)
        #expect(try audit.verdict("all", "power-loss-all").log.lost > 0)
        #expect(try audit.trial("all", "power-loss-all").effects(of: "power-loss").count == 4)
        #expect(audit.exit == .exited(0), "\(audit.said)")
    }

    /// An order that is not carried out has no effect, whatever the client program says of it.
    @Test(arguments: [("pause", "primary-paused"), ("kill", "primary-kill")])
    func anOrderThatIsNotCarriedOutIsNoFault(order: String, fault: String) async throws {
        let audit = try await DockerAudit(
            lab: "docker",
            configurations: "  - {name: plain, system: redis-standalone, faults: [\(fault)]}", lying: order)
        let trial = try audit.trial("plain", fault)
        #expect(trial.status == .invalid && audit.exit == .exited(3), "\(trial.reason ?? audit.said)")
        #expect(trial.reason?.contains("fault-without-effect") == true, "\(trial.reason ?? "")")
    }

    @Test func aMissingImageIsSaidBeforeAnythingStarts() async throws {
        let host = try #require(DockerHost.shared)
        let place = try Workplace()
        let suite = try place.file("suite.yml", Scenario.suite(["always"], faults: "none"))
        let environment = ["HOLDFAST_REDIS_IMAGE": "holdfast/no-such:image"]
        let plan = try host.run([Holdfast.path, "run", suite, "--lab", "docker", "--plan"], environment: environment)
        #expect(plan.output.contains("docker pull holdfast/no-such:image"), "\(plan.output)\(plan.errors)")
        let doctor = try host.run([Holdfast.path, "doctor"], environment: environment)
        #expect(doctor.output.contains("NO  redis image"), "\(doctor.output)")
        #expect(doctor.output.contains("compose/images/build.sh redis"))
        #expect(doctor.output.contains("yes docker"))
        let away = ["DOCKER_HOST": "unix:///no/such/docker.sock"]
        let without = try host.run([Holdfast.path, "run", suite, "--lab", "docker", "--plan"], environment: away)
        #expect(without.output.contains("the Docker Engine at unix:///no/such/docker.sock does not answer"))
        #expect(without.output.contains("DOCKER_HOST") && without.output.contains("1 of 1 trials are skipped"))
        let blind = try host.run([Holdfast.path, "doctor"], environment: away)
        #expect(blind.output.contains("NO  docker") && blind.output.contains("systemctl start docker"))
    }
}
