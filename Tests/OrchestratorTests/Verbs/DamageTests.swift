import Checker
import Platform
import Report
import TestSupport
import Testing

/// Files that are damaged while their server is down.
@Suite(
    .serialized, .enabled(if: Holdfast.runsTrials, "needs root of the machine and redis-server"),
    .timeLimit(.minutes(10)))
struct DamageTests {
    private static let configurations = """
          - name: forgiving
            system: redis-standalone
            settings: {appendonly: yes, appendfsync: always, save: ""}
            faults: [torn, flipped]
          - name: strict
            system: redis-standalone
            settings: {appendonly: yes, appendfsync: always, save: "", aof-load-truncated: no}
            faults: [torn]
        """

    private static func fault(_ damage: String) -> String {
        """
        timeline:
          - {at: 50%, do: kill, node: primary}
          - {do: damage, node: same, \(damage)}
          - {do: restart, node: same}
        """
    }

    /// The last events of the file are gone without a word, unless the server is told to refuse such a file.
    @Test func aTornTailIsForgivenOrRefused() async throws {
        let audit = try await Audit(
            configurations: Self.configurations,
            faults: [
                // More than all that could be under way: 8 events.
                "torn": Self.fault("file: \"*.incr.aof\", cut: 40000"),
                "flipped": Self.fault("file: \"*.incr.aof\", flip: 4, place: 40%"),
            ], workload: "{agents: 8, rate: 400, duration: 1s, payload: 4000, producers: 1}")
        let forgiving = try audit.verdict("forgiving", "torn")
        #expect(forgiving.log.lost > 0 && forgiving.log.lost < 20)
        let torn = try audit.trial("forgiving", "torn")
        #expect(torn.refusedStarts == 0)
        let effect = try #require(torn.effects(of: "damage").first)
        #expect(effect.contains("incr.aof: 40000 bytes cut off its end; CRC-32C "), "\(effect)")
        #expect(torn.actions == ["kill", "damage", "restart"])

        let strict = try audit.verdict("strict", "torn")
        #expect(strict.log.lost > 0 && strict.log.lost < 20)
        let refused = try audit.trial("strict", "torn")
        #expect(refused.refusedStarts == 1)
        #expect(refused.actions == ["kill", "damage", "restart", "repair", "restart"])
        #expect(refused.effects(of: "restart").first?.hasPrefix("redis-1: refused: ") == true)

        // Nothing but the events' own checksums can tell. What is there of that event is no copy of it.
        let flipped = try audit.verdict("forgiving", "flipped", damages: true)
        #expect(flipped.log.corrupted == 1 && flipped.log.lost == 1)
        #expect(try audit.trial("forgiving", "flipped").refusedStarts == 0)
    }

    @Test func aRunningServersFilesAreLeftAlone() async throws {
        let audit = try await Audit(
            configurations: """
                  - name: plain
                    system: redis-standalone
                    settings: {appendonly: yes, save: ""}
                    faults: [running]
                """,
            faults: ["running": "timeline: [{at: 50%, do: damage, node: primary, file: \"*.incr.aof\", cut: 70}]"],
            workload: "{agents: 8, rate: 400, duration: 500ms, payload: 200, producers: 1}")
        let trial = try audit.trial("plain")
        #expect(trial.status == .invalid)
        #expect(trial.reason?.contains("runs, and would write over it") == true, "\(trial.reason ?? "")")
        // What came before and after goes on as ever.
        #expect(trial.verdict?.log.lost == 0)
    }
}
