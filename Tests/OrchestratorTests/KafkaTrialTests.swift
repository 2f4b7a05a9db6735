import Platform
import TestSupport
import Testing

/// Real trials of a real Kafka: what is known of it must come out.
@Suite(
    .serialized,
    .enabled(
        if: !Holdfast.environment.isEmpty,
        "KAFKA_HOME is not set: make kafka, or set it to the folder of a release"),
    .enabled(if: Privileges.isFullRoot, "needs root of the machine"), .timeLimit(.minutes(10)))
struct KafkaTrialTests {
    private static func suite(_ configurations: String) -> String {
        """
        suite: kafka
        workload: {agents: 24, rate: 400, duration: 5s, payload: 200, producers: 2, in-flight: 5}
        seed: 7
        configurations:
        \(configurations)
        """
    }

    private func run(_ configurations: String) async throws -> Scenario {
        let run = try await Scenario(
            Self.suite(configurations), environment: Holdfast.environment, within: .seconds(420))
        #expect(run.result.status == .exited(0), "\(run.result.output)")
        return run
    }

    private func duplicates(_ run: Scenario, _ cell: String, _ fault: String) throws -> (retried: Int64, other: Int64) {
        let verdict = try run.folder.trial(cell, fault)["verdict"]
        return (
            try #require(verdict?["log.duplicated.retried"]?.integer),
            try #require(verdict?["log.duplicated.unexplained"]?.integer)
        )
    }

    /// What reached a follower's memory outlives the leader; what is on no disk outlives no power loss of all.
    @Test func anAcknowledgementIsNoFsync() async throws {
        let run = try await run(
            """
              - name: all
                system: kafka
                settings: {acks: all, min.insync.replicas: 2}
                faults: [leader-kill, power-loss-all]
            """)
        #expect(try run.lost("all", "leader-kill").lost == 0)
        #expect(try run.actions("all", "leader-kill") == ["kill", "restart"])
        #expect(try run.lost("all", "power-loss-all").lost > 0)
        let actions = try run.actions("all", "power-loss-all")
        #expect(actions == [String](repeating: "power-loss", count: 4) + [String](repeating: "restart", count: 4))
    }

    /// Who sends again what may have been served has it twice, unless the broker can tell; who is replaced is fenced.
    @Test func cutConnectionsAndZombies() async throws {
        let cut = "{fault: connection-cut, with: {rounds: 4}}"
        let run = try await run(
            """
              - name: client
                system: kafka
                retries: client
                settings: {acks: all, min.insync.replicas: 2}
                faults: [\(cut)]
              - name: idempotent
                system: kafka
                retries: idempotent
                settings: {acks: all, min.insync.replicas: 2}
                faults: [\(cut)]
              - name: transactions
                system: kafka
                retries: idempotent
                transactions: {events: 20, abort: 5%}
                settings: {acks: all, min.insync.replicas: 2}
                faults: [producer-zombie]
            """)
        for cell in ["client", "idempotent"] {
            #expect(try run.lost(cell, "connection-cut").lost == 0)
            #expect(try run.actions(cell, "connection-cut") == [String](repeating: "reset", count: 4))
            #expect(try duplicates(run, cell, "connection-cut").other == 0)
        }
        #expect(try duplicates(run, "client", "connection-cut").retried > 0)
        #expect(try duplicates(run, "idempotent", "connection-cut").retried == 0)

        let trial = try run.folder.trial("transactions", "producer-zombie")
        #expect(trial["status"]?.string == "valid", "\(trial["reason"]?.string ?? "")")
        #expect(try run.actions("transactions", "producer-zombie") == ["pause", "start", "resume", "fenced"])
        let fenced = try run.history("transactions", "producer-zombie").of("fault").filter {
            $0["action"]?.string == "fenced"
        }
        #expect(Set(fenced.compactMap { $0["node"]?.string }) == ["producer-1"])
        // At once: it waits for nothing that it began before it took notice.
        let attempts = try run.history("transactions", "producer-zombie").of("attempt").compactMap { $0["t"]?.integer }
        #expect(try #require(fenced.first?["t"]?.integer) < attempts.max() ?? 0)
        let verdict = try #require(trial["verdict"])
        // The one that takes the place reads back what was committed before it sends again what is open.
        for finding in [
            "log.lost", "log.duplicated.retried", "log.duplicated.unexplained", "transactions.torn",
            "transactions.leaked",
        ] {
            #expect(verdict[finding]?.integer == 0, "\(finding)")
        }
        #expect(try #require(verdict["transactions.committed"]?.integer) > 0)
    }
}
