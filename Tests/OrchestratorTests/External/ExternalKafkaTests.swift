import Glibc
import Platform
import TestSupport
import Testing

/// Somebody else's Kafka: three brokers with TLS, client certificates, passwords and access lists, started by a lab.
@Suite(
    .enabled(
        if: !Holdfast.environment.isEmpty && getenv("KAFKA_HOME") != nil,
        "KAFKA_HOME is not set: make kafka, or set it to the folder of a release"),
    .enabled(
        if: Privileges.isFullRoot && ["openssl", "python3", "iptables", "java"].allSatisfy { Tool.locate($0) != nil },
        "needs root of the machine, openssl, python3, iptables and java"),
    .timeLimit(.minutes(8)))
struct ExternalKafkaTests {
    /// A librdkafka that does SCRAM, if another test has fetched one.
    private static let library: String = {
        let folder = Holdfast.root + "/.build/librdkafka-2.16.0"
        return access(folder + "/librdkafka.so.1", R_OK) == 0 ? folder : ""
    }()

    /// What stands against a run, and what is said of it.
    private static let refusals = [
        ("consent", "--i-own-this-cluster"),
        ("password", "Invalid username or password: see `sasl` in the cluster's file"),
        ("scram", "invalid credentials with SASL mechanism SCRAM-SHA-256: see `sasl`"),
        ("expired", "the certificate of broker-1 is refused: certificate has expired"),
        ("other", "hostname mismatch; call the node in the cluster's file as its certificate does"),
        ("authority", "the certificate of broker-1 is refused: unable to get local issuer certificate"),
        ("identity", "it may want a client certificate: tls.certificate and tls.key"),
        ("plain", "is it a port with TLS?"),
        ("access", "the suite says `secured`, and"),
        ("create", "the user holdfast lacks Delete on topics that begin with holdfast-"),
        ("write", "the user holdfast lacks Write on topics that begin with holdfast-"),
        ("read", "the user holdfast lacks Read on topics that begin with holdfast-"),
        ("group", "the user holdfast lacks Describe on groups that begin with holdfast-"),
        ("configs", "the user holdfast lacks DescribeConfigs on the cluster"),
        ("elsewhere", "the suite says brokers: 3, and "),
        ("setting", "`replica.lag.time.max.ms`: the suite says 9000, and Kafka says 3000"),
        ("ceiling", "allows 1000"),
    ]

    @Test func aClusterIsAuditedAndNothingOfOthersIsTouched() async throws {
        let place = try Workplace()
        let client = Holdfast.clientsPython.map { [$0, "\(Holdfast.root)/examples/confluent-kafka"] } ?? []
        let script = Holdfast.root + "/Tests/OrchestratorTests/External/Kafka/owned.sh"
        let result = try await Holdfast.takingTurns {
            try Tool.run(
                "bash", [script, place.here, Holdfast.path, Self.library] + client,
                deadline: .seconds(420), outputLimit: 8 << 20,
                environment: Holdfast.environment.merging(["PATH": Tool.path]) { $1 })
        }
        let said = Said(result.output)
        #expect(said["prepared"] == "exit 0\n", "\(said.all)")
        for (name, words) in Self.refusals { said.expectRefusal(name, words) }
        // Whoever has a newer library on the machine is let in by SCRAM, and the run goes on.
        #expect(
            said["library"].contains("2.6.1 or later") || said["library"].hasSuffix("exit 0\n"), "\(said["library"])")
        // What was made to try whether it could be is gone.
        #expect(said["tried"] == "exit 0\n", "\(said.all)")

        // From without as from within: who acknowledges alone loses what it alone had, what all had outlives its leader.
        for (configuration, fault) in [("one", "leader-isolated"), ("committed", "leader-kill")] {
            for run in [configuration, "inside"] {
                let trial = try RunFolder(place.here + "/out-\(run)").trial(configuration, fault)
                #expect(trial["status"]?.string == "valid", "\(said.all)")
                let lost = trial["verdict"]?["log"]?["lost"]?.integer
                #expect(configuration == "one" ? (lost ?? 0) > 0 : lost == 0, "\(said[run])")
                #expect((trial["verdict"]?["events"]?["acked"]?.integer ?? 0) > 0, "\(said[run])")
            }
        }

        if !client.isEmpty { try said.expectGuest("confluent-kafka", in: RunFolder(place.here + "/out-guest")) }

        // A run that was killed while a broker was down by its doing.
        #expect(said["living"].contains("nothing to heal"), "\(said["living"])")
        #expect(said["left"].contains("-events\n") && said["left"].contains("bystander\n"), "\(said["left"])")
        for words in ["removed topic holdfast-", "removed group holdfast-", "removed fault kill broker-"] {
            #expect(said["heal"].contains(words), "\(said["heal"])")
        }
        #expect(said["again"].contains("nothing to heal"), "\(said["again"])")
        #expect(said["bystanders"] == "exit 0\n", "\(said.all)")
        // Exit 1: it found no such file.
        said.expectNothing("secrets")
        #expect(said["seen"] == "", "\(said["seen"])")
    }
}
