import Checker
import History
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
    /// Cut off from everyone, which is the engine's to do here.
    private static let unplugged = """
        timeline:
          - {at: 30%, do: isolate, node: primary, from: all}
          - {wait: promoted, within: 20s}
          - {after: 1s, do: heal}
          - {wait: converged, within: 60s}
          - {do: limit, node: replicas, rate: 20kbit, towards: peers}
          - {after: 200ms, do: heal}
        """

    /// With the bounds that hold in the namespaces lab (`ReplicatedTrialTests`, `TrialTests`).
    @Test func redisLosesWhatItDoesInTheOtherLab() async throws {
        let audit = try await Audit(
            lab: "docker",
            configurations: """
                  - {name: "no", system: redis-standalone, settings: {appendonly: yes, appendfsync: "no"}, faults: [power-loss]}
                  - {name: always, system: redis-standalone, settings: {appendonly: yes, appendfsync: always}, faults: [power-loss, disk-full]}
                  - {name: pinned, system: redis-replicated, settings: {clients: pinned, appendonly: yes}, faults: [{fault: isolated, with: {partition: 3s}}, killed]}
                  - {name: one, system: redis-replicated, ack: wait 1, faults: [laggard]}
                  - {name: followed, system: redis-replicated, settings: {appendonly: yes}, groups: [{name: state, consumers: 1}], faults: [unplugged]}
                """,
            faults: [
                "isolated": ReplicatedTrialTests.isolated, "killed": ReplicatedTrialTests.killed,
                "laggard": ReplicatedTrialTests.laggard, "unplugged": Self.unplugged,
            ])
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
        // Nobody could write to who was cut off; the handful under way is what it had not handed on.
        let unplugged = try audit.verdict("followed", "unplugged")
        #expect(unplugged.log.lost <= 10 && unplugged.groups[Name("state")]?.deliveries ?? 0 > 500)
        let gone = try audit.trial("followed", "unplugged").effects(of: "isolate").first
        #expect(gone?.contains("redis-1 to clients") == true && gone?.contains("redis-3 to redis-1") == true)
        #expect(try audit.trial("followed", "unplugged").effects(of: "limit").count == 2)
        #expect(audit.exit == .exited(0), "\(audit.said)")
    }

    @Test(
        .enabled(
            if: !Holdfast.environment.isEmpty,
            "KAFKA_HOME is not set: make kafka, or set it to the folder of a release"))
    func kafkaLosesWhatItDoesInTheOtherLab() async throws {
        let audit = try await Audit(
            lab: "docker",
            configurations: """
                  - name: one
                    system: kafka
                    settings: {acks: 1, clients: pinned}
                    faults: [{fault: leader-isolated, with: {partition: 3s}}]
                  - name: all
                    system: kafka
                    settings: {acks: all, min.insync.replicas: 2}
                    groups: [{name: state, consumers: 1}]
                    faults: [lag, power-loss-all]
                """,
            faults: [
                "lag": """
                timeline:
                  - {at: 30%, do: limit, node: primary, rate: 100kbit, towards: replica 1}
                  - {after: 1s, do: heal}
                  - {wait: converged, within: 60s}
                  - {do: command, node: primary, run: [kafka-topics.sh, --list]}
                """
            ],
            workload: "{agents: 24, rate: 400, duration: 5s, payload: 200, producers: 2, in-flight: 5}")
        // As `KafkaTrialTests` and docs/kafka.md have it.
        #expect(try audit.verdict("one", "leader-isolated").log.lost > 0)
        let lagging = try audit.verdict("all", "lag")
        #expect(lagging.log.lost == 0 && lagging.groups[Name("state")]?.deliveries ?? 0 > 500)
        #expect(try audit.trial("all", "lag").effects(of: "limit").first?.contains("waiting") == true)
        #expect(try audit.verdict("all", "power-loss-all").log.lost > 0)
        #expect(try audit.trial("all", "power-loss-all").effects(of: "power-loss").count == 4)
        #expect(audit.exit == .exited(0), "\(audit.said)")
    }

    /// One kill of each system that puts itself right.
    @Test(
        .enabled(
            if: !Holdfast.environment.isEmpty,
            "KAFKA_HOME is not set: make kafka, or set it to the folder of a release"))
    func watchedSystemsAndTheHybridGoOn() async throws {
        let audit = try await Audit(
            lab: "docker",
            configurations: """
                  - {name: sentinel, system: redis-sentinel, settings: {appendonly: yes}, faults: [killed]}
                  - {name: cluster, system: redis-cluster, settings: {streams: 6, appendonly: yes}, faults: [killed]}
                  - name: tiers
                    system: hybrid
                    hot: {system: redis-standalone, settings: {appendonly: yes}}
                    cold: {settings: {acks: all, min.insync.replicas: 2}}
                    bridge: {count: 1}
                    faults: [bridge-kill]
                """,
            faults: ["killed": ReplicatedTrialTests.killed],
            workload: "{agents: 10, rate: 400, duration: 3s, payload: 200, producers: 1}")
        for name in ["sentinel", "cluster"] {
            // Ten agents with one event in flight each.
            let lost = try audit.verdict(name).log.lost
            #expect(lost <= 10, "\(name): \(lost)")
            #expect(try audit.trial(name).actions.contains("promote") == false)
        }
        #expect(try audit.verdict("tiers").log.lost == 0)
        #expect(audit.exit == .exited(0), "\(audit.said)")
    }

    /// An order that is not carried out has no effect, whatever the client program says of it.
    @Test(arguments: [("docker pause", "primary-paused"), ("docker network disconnect", "unplugged")])
    func anOrderThatIsNotCarriedOutIsNoFault(order: String, fault: String) async throws {
        let audit = try await Audit(
            lab: "docker",
            configurations: "  - {name: plain, system: redis-replicated, settings: {replicas: 1}, faults: [\(fault)]}",
            faults: ["unplugged": Self.unplugged], lying: order)
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
