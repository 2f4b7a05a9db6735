import Platform
import TestSupport
import Testing

/// Kafka clients of others between a real broker and the verdict: confluent-kafka, and Kafka's own VerifiableProducer.
@Suite(
    .serialized,
    .enabled(
        if: !Holdfast.environment.isEmpty,
        "KAFKA_HOME is not set: make kafka, or set it to the folder of a release"),
    .enabled(if: Holdfast.clientsPython != nil, "no .build/clients-venv: make clients"),
    .enabled(if: Holdfast.runsTrials, "needs root of the machine"), .timeLimit(.minutes(4)))
struct GuestKafkaTrialTests {
    private static func command(_ program: String, _ words: String...) -> String {
        let all = [Holdfast.clientsPython ?? "", "\(Holdfast.root)/examples/\(program)"] + words
        return "{command: [\(all.joined(separator: ", "))]}"
    }

    private static func configuration(_ name: String, _ producer: String, consumer: String? = nil) -> String {
        """
          - name: \(name)
            system: kafka
            settings: {brokers: 1, acks: all}
            producer: \(producer)

        """ + (consumer.map { "    groups: [{name: g, consumers: 2}]\n    consumer: \($0)\n" } ?? "")
    }

    private static let consumer = "confluent-kafka/consumer.py"
    private static let producer = "confluent-kafka/producer.py"

    /// What is right of them has nothing lost and nothing twice; what one leaves out or does twice is counted.
    @Test func whatTheyDidIsFound() async throws {
        let run = try await Scenario(
            """
            suite: clients
            workload: {agents: 100, rate: 600, duration: 3s, payload: {min: 50, max: 400}, producers: 1, in-flight: 5}
            faults: [none]
            seed: 5
            configurations:

            """ + Self.configuration("good", Self.command(Self.producer), consumer: Self.command(Self.consumer))
                + Self.configuration(
                    "verifiable", Self.command("verifiable-producer/adapter.py"),
                    consumer: Self.command(Self.consumer, "--bug", "drop", "--bug", "skip", "--bug", "twice"))
                + Self.configuration("drops", Self.command(Self.producer, "--bug", "drop"))
                + Self.configuration("twice", Self.command(Self.producer, "--bug", "twice")),
            environment: Holdfast.environment, within: .seconds(200))
        #expect(run.result.status == .exited(0), "\(run.result.output)")
        for cell in ["good", "verifiable", "drops", "twice"] {
            let (lost, acked) = try run.lost(cell, "none")
            let outcomes = try run.history(cell, "none").of("outcome")
            #expect(outcomes.allSatisfy { $0["result"]?.string == "acked" }, "\(cell)")
            // Of what was never sent nobody says where it stands.
            let placed = outcomes.filter { $0["position"]?.integer != nil }.count
            let dropped = cell == "drops" ? acked / 1_000 : 0
            #expect(dropped > 0 || cell != "drops", "\(acked)")
            #expect(placed == acked - dropped && lost == dropped, "\(cell): \(placed) of \(acked), lost \(lost)")
            let twice = cell == "twice" ? acked / 100 : 0
            #expect(try run.figure(cell, "none", "log.duplicated.unexplained") == Int64(twice), "\(cell)")
            #expect(try run.figure(cell, "none", "log.entries") == Int64(acked - dropped + twice), "\(cell)")
        }
        for finding in [
            "undelivered.skipped", "undelivered.behind", "unprocessed", "redelivered.acked", "redelivered.unacked",
            "acks_lost", "corrupted", "stuck",
        ] { #expect(try run.figure("good", "none", "groups.g.\(finding)") == 0, "\(finding)") }

        // Counted without the checker.
        let history = try run.history("verifiable", "none")
        func places(_ type: String) -> Set<String> {
            Set(history.of(type).map { "\($0["stream"]?.string ?? "")/\($0["position"]?.integer ?? -1)" })
        }
        let (delivered, processed) = (places("delivery"), places("processed"))
        let skipped = Int64(history.acked - delivered.count)
        #expect(skipped > 0 && processed.count < delivered.count)
        #expect(try run.figure("verifiable", "none", "groups.g.undelivered.skipped") == skipped)
        let unprocessed = Int64(delivered.count - processed.count)
        #expect(try run.figure("verifiable", "none", "groups.g.unprocessed") == unprocessed)
        #expect(try run.figure("verifiable", "none", "groups.g.redelivered.acked") > 0)
    }
}
