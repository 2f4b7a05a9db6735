import Glibc
import Platform
import TestSupport
import Testing

/// Kafka clients of others between a real broker and the verdict: confluent-kafka, and Kafka's own VerifiableProducer.
@Suite(
    .serialized,
    .enabled(
        if: !Holdfast.environment.isEmpty,
        "KAFKA_HOME is not set: make kafka, or set it to the folder of a release"),
    .enabled(
        if: access("\(Holdfast.root)/.build/clients-venv/bin/python", X_OK) == 0, "no .build/clients-venv: make clients"
    ),
    .enabled(if: Holdfast.runsTrials, "needs root of the machine"), .timeLimit(.minutes(4)))
struct GuestKafkaTrialTests {
    private static func configuration(_ name: String, _ program: String, _ words: String = "") -> String {
        let folder = Holdfast.root
        return """
              - name: \(name)
                system: kafka
                settings: {brokers: 1, acks: all}
                producer: {command: [\(folder)/.build/clients-venv/bin/python, \(folder)/examples/\(program)\(words)]}

            """
    }

    /// What is right of them has nothing lost and nothing twice; what one leaves out or sends twice is counted.
    @Test func whatTheyDidIsFound() async throws {
        let run = try await Scenario(
            """
            suite: clients
            workload: {agents: 20, rate: 600, duration: 3s, payload: {min: 50, max: 400}, producers: 1}
            faults: [none]
            seed: 5
            configurations:

            """ + Self.configuration("confluent", "confluent-kafka/producer.py")
                + Self.configuration("verifiable", "verifiable-producer/adapter.py")
                + Self.configuration("drops", "confluent-kafka/producer.py", ", --bug, drop")
                + Self.configuration("twice", "confluent-kafka/producer.py", ", --bug, twice"),
            environment: Holdfast.environment, within: .seconds(200))
        #expect(run.result.status == .exited(0), "\(run.result.output)")
        for cell in ["confluent", "verifiable", "drops", "twice"] {
            let (lost, acked) = try run.lost(cell, "none")
            let outcomes = try run.history(cell, "none").of("outcome")
            #expect(acked > 1_000 && outcomes.allSatisfy { $0["result"]?.string == "acked" }, "\(cell)")
            // Of what was never sent nobody says where it stands.
            let placed = outcomes.filter { $0["position"]?.integer != nil }.count
            let dropped = cell == "drops" ? acked / 1_000 : 0
            #expect(placed == acked - dropped && lost == dropped, "\(cell): \(placed) of \(acked), lost \(lost)")
            let twice = cell == "twice" ? acked / 100 : 0
            #expect(try run.figure(cell, "none", "log.duplicated.unexplained") == Int64(twice), "\(cell)")
            #expect(try run.figure(cell, "none", "log.entries") == Int64(acked - dropped + twice), "\(cell)")
        }
    }
}
