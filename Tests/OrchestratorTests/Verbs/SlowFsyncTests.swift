import Checker
import Platform
import Report
import TestSupport
import Testing

/// Fsyncs that take longer, in a server that has the library loaded.
@Suite(
    .serialized, .enabled(if: Holdfast.runsTrials, "needs root of the machine and redis-server"),
    .timeLimit(.minutes(10)))
struct SlowFsyncTests {
    private static let library =
        Holdfast.path.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/libHoldfastPreload.so"

    private static let slow = """
        timeline:
          - {at: 20%, do: slow-fsync, node: primary, by: 150ms}
          - {after: 700ms, do: heal}
        """

    private static func configuration(_ name: String, _ fsync: String, _ faults: String) -> String {
        """
          - name: \(name)
            system: redis-standalone
            settings: {appendonly: yes, appendfsync: \(fsync), save: ""}
            faults: [\(faults)]

        """
    }

    private static let small = "{agents: 8, rate: 400, duration: 1500ms, payload: 200, producers: 1}"

    /// Who acknowledges after the fsync waits for it; who acknowledges before it holds back what a kill takes.
    @Test func whoWaitsForFsyncsWaitsLonger() async throws {
        let audit = try await Audit(
            configurations: Self.configuration("always", "always", "slow")
                + Self.configuration("everysec", "everysec", "crash") + Self.configuration("no", "no", "slow"),
            faults: [
                "slow": Self.slow,
                "crash": """
                timeline:
                  - {at: 20%, do: slow-fsync, node: primary, by: 300ms}
                  - {after: 150ms, do: kill, node: primary}
                  - {do: heal, what: slow-fsync}
                  - {do: restart, node: down}
                """,
            ], workload: Self.small)
        let always = try audit.verdict("always", "slow")
        #expect(always.log.lost == 0)
        #expect(always.latency.ack.max >= 150_000_000)
        let slow = try audit.trial("always", "slow")
        #expect(slow.actions == ["slow-fsync"])
        let effect = try #require(slow.effects(of: "slow-fsync").first)
        #expect(
            effect.hasPrefix("redis-1: an fsync took 1") || effect.hasPrefix("redis-1: an fsync took 2"), "\(effect)")
        let end = try #require(slow.faults.last { $0.phase == "end" }?.detail)
        #expect(end.hasPrefix("switched off; an fsync took "), "\(end)")

        let crash = try audit.trial("everysec", "crash")
        #expect(crash.actions == ["slow-fsync", "kill", "restart"])
        #expect(try audit.verdict("everysec", "crash").loss.windowNanoseconds < 2_200_000_000)

        // Who never asks for an fsync can't be shown one that takes long.
        let no = try audit.trial("no", "slow")
        #expect(no.status == .invalid)
        #expect(no.reason?.contains("it did no fsync that could take 150ms") == true, "\(no.reason ?? "")")
    }

    /// Redis counts the seconds of everysec by the wall clock: set back, it does no fsync until the old time comes again.
    @Test func aClockThatGoesBackTakesFsyncsWithIt() async throws {
        let audit = try await Audit(
            configurations: Self.configuration("everysec", "everysec", "back, wrong"),
            faults: [
                "back": """
                timeline:
                  - {at: 10%, do: step-clock, node: primary, back: 60s}
                  - {after: 2200ms, do: power-loss, node: primary}
                """,
                "wrong": """
                timeline:
                  - {at: 10%, do: step-clock, node: primary, back: 60s}
                  - {after: 300ms, do: heal}
                """,
            ], workload: "{agents: 8, rate: 400, duration: 2800ms, payload: 200, producers: 1}")
        let back = try audit.trial("everysec", "back")
        #expect(back.effects(of: "step-clock") == ["redis-1: it was told a time back by 1m"])
        let window = try audit.verdict("everysec", "back").loss.windowNanoseconds
        #expect(window > 1_600_000_000, "\(window)")
        // Entries' IDs stay above those before the step, and nothing is lost.
        let wrong = try audit.verdict("everysec", "wrong")
        #expect(wrong.log.lost == 0 && wrong.log.backdated == 0 && wrong.log.reordered.unexplained == 0)
        let end = try #require(try audit.trial("everysec", "wrong").faults.last { $0.phase == "end" }?.detail)
        #expect(end == "it is right again")
    }

    @Test func aServerThatDoesNotLoadTheLibraryIsNotSlow() async throws {
        let audit = try await Audit(
            configurations: Self.configuration("always", "always", "slow"), faults: ["slow": Self.slow],
            workload: Self.small, lying: Self.library)
        let trial = try audit.trial("always", "slow")
        #expect(trial.status == .invalid && audit.exit == .exited(3))
        #expect(trial.reason?.contains("did not load \(Self.library)") == true, "\(trial.reason ?? audit.said)")
    }

    /// Swift's own libraries in a server would be a strange guest.
    @Test func theLibraryNeedsNothingButLibc() throws {
        let needed = try Tool.require("ldd", [Self.library]).output.split(separator: "\n").map(String.init)
        #expect(needed.count == 3 && needed.contains { $0.contains("libc.so.6") }, "\(needed)")
    }
}
