import Glibc
import Platform
import TestSupport
import Testing

/// Real trials, small and short: what is known of Redis must come out.
@Suite(
    .serialized, .enabled(if: Holdfast.runsTrials, "needs root of the machine and redis-server"),
    .timeLimit(.minutes(10)))
struct TrialTests {
    @Test func aKillTakesWhatWasNeverWritten() async throws {
        let gates = """
            controls: [{configuration: none, fault: primary-kill, finding: lost}]
            gates:
              - {configuration: "always", finding: lost, max: 0}
              - {configuration: "*", finding: corrupted, max: 0}
            """
        let run = try await Scenario(
            Scenario.suite(["none", "no", "everysec", "always"], faults: "primary-kill", more: gates))
        #expect(run.result.status == .exited(0), "\(run.result.output)")
        #expect(try run.lost("no", "primary-kill").lost == 0)
        #expect(try run.lost("always", "primary-kill").lost == 0)
        let pending = try run.folder.trial("everysec", "primary-kill")["circumstances"]?.array ?? []
        if pending.isEmpty { #expect(try run.lost("everysec", "primary-kill").lost == 0) }
        let none = try run.lost("none", "primary-kill")
        #expect(none.lost > 0 && none.lost < none.acked)
        #expect(try run.actions("none", "primary-kill") == ["kill", "restart"])
        try run.lossesAreAllBefore("restart", "none", "primary-kill")
    }

    @Test func aPowerLossTakesWhatWasNotSynced() async throws {
        let run = try await Scenario(
            Scenario.suite(["no", "no, xfs", "everysec", "always", "always, xfs"], faults: "power-loss"))
        #expect(run.result.status == .exited(0), "\(run.result.output)")
        for name in ["always", "always, xfs"] {
            #expect(try run.lost(name, "power-loss").lost == 0)
            #expect(try run.actions(name, "power-loss") == ["power-loss", "restart"])
        }
        for name in ["no", "no, xfs"] {
            let (lost, acked) = try run.lost(name, "power-loss")
            #expect(lost > 0 && lost < acked)
            #expect(try run.actions(name, "power-loss").first == "power-loss")
        }
        _ = try run.lost("everysec", "power-loss")
        let verdict = try run.folder.trial("everysec", "power-loss")["verdict"]
        #expect(try #require(verdict?["loss.window_ns"]?.integer) < 2_000_000_000)
        try run.lossesAreATail("everysec", "power-loss")
        try run.lossesAreATail("no", "power-loss")
    }

    @Test func anEmptyRestartTakesEverything() async throws {
        let run = try await Scenario(Scenario.suite(["always"], faults: "primary-empty-restart"))
        #expect(run.result.status == .exited(0), "\(run.result.output)")
        let (lost, acked) = try run.lost("always", "primary-empty-restart")
        #expect(lost > 0 && lost < acked)
        #expect(try run.actions("always", "primary-empty-restart") == ["kill", "empty", "restart"])
        try run.lossesAreAllBefore("empty", "always", "primary-empty-restart")
    }

    @Test func aGracefulStopKeepsWhatHasAFile() async throws {
        let run = try await Scenario(Scenario.suite(["everysec", "none"], faults: "graceful-stop"))
        #expect(run.result.status == .exited(0), "\(run.result.output)")
        #expect(try run.lost("everysec", "graceful-stop").lost == 0)
        #expect(try run.lost("none", "graceful-stop").lost > 0)
        #expect(try run.actions("everysec", "graceful-stop") == ["terminate", "restart"])
    }

    @Test func aPauseTakesNothingButTime() async throws {
        let run = try await Scenario(
            Scenario.suite(["everysec"], faults: "none, {fault: primary-paused, with: {failover: 1500ms}}"))
        #expect(run.result.status == .exited(0), "\(run.result.output)")
        #expect(try run.lost("everysec", "none").lost == 0)
        #expect(try run.actions("everysec", "none") == [])
        #expect(try run.lost("everysec", "primary-paused").lost == 0)
        #expect(try run.actions("everysec", "primary-paused") == ["pause", "resume"])
        func gap(_ fault: String) throws -> Int64 {
            try #require(try run.folder.trial("everysec", fault)["verdict.availability.longest_gap_ns"]?.integer)
        }
        let paused = try gap("primary-paused")
        #expect(paused >= 1_500_000_000 && paused < 3_000_000_000)
        #expect(try gap("none") < 1_500_000_000)
        let recovery = try run.folder.trial("everysec", "primary-paused")["verdict.availability.recovery"]?.array.first
        #expect(try #require(recovery?["ns"]?.integer) >= 1_400_000_000)
    }

    /// The file is damaged by a hand from outside while the server is down.
    @Test(arguments: [("incr.aof", 1), ("manifest", 1)])
    func aServerThatRefusesIsRepairedOrComesBackEmpty(file: String, refusals: Int64) async throws {
        let run = try await Scenario(
            Scenario.suite(["always"], faults: "{fault: primary-kill, with: {down: 2s}}"),
            during: { folder, traces in
                #expect(eventually { folder.log.contains("fault: kill") })
                try damage(file, below: folder.path, traces)
            })
        #expect(run.result.status == .exited(0), "\(run.result.output)")
        #expect(try run.folder.trial("always", "primary-kill")["refused_starts"]?.integer == refusals)
        let actions = try run.actions("always", "primary-kill")
        #expect(actions == ["kill", "restart", "repair"] + (file == "manifest" ? ["empty"] : []) + ["restart"])
        let (lost, acked) = try run.lost("always", "primary-kill")
        #expect(lost > 0 && lost < acked)
        let details = try run.history("always", "primary-kill").of("fault").compactMap { $0["detail"]?.string }
        #expect(details.contains { $0.hasPrefix("refused: ") })
        #expect(
            details.contains { $0.contains(file == "manifest" ? "could not be repaired" : "redis-check-aof --fix") })
    }

    /// Overwrites a piece in the middle of a file of the server's, once the server is gone.
    private func damage(_ name: String, below out: String, _ traces: Traces) throws {
        let worker = try #require(Traces.processes(with: "worker produce \(out)/").first)
        let data = "/proc/\(worker)/root/run/holdfast/nodes/redis-1/data/appendonlydir"
        #expect(eventually { !isServed(below: out) })
        let file = try #require(try Files.names(in: data).first { $0.hasSuffix(name) })
        let descriptor = open("\(data)/\(file)", O_WRONLY)
        defer { close(descriptor) }
        var found = stat()
        fstat(descriptor, &found)
        // Longer than any command is: a shorter one might lie in an event's payload, and load as that.
        let junk = [UInt8](repeating: 0x21, count: 4096)
        #expect(pwrite(descriptor, junk, junk.count, found.st_size / 2) == junk.count)
    }

    private func isServed(below out: String) -> Bool {
        ProcessTable.entries().contains { entry in
            entry.name == "redis-server"
                && (Files.read("/proc/\(entry.pid)/mountinfo", limit: 1 << 20) ?? "").contains("/run/holdfast")
                && Files.resolved("/proc/\(entry.pid)/fd/1")?.hasPrefix(out) == true
        }
    }
}

extension Scenario {
    /// Of what an agent had acknowledged when the fault struck, the last events are lost, if any.
    func lossesAreATail(_ configuration: String, _ fault: String) throws {
        let history = try history(configuration, fault)
        let begin = try #require(history.of("fault").first?["t"]?.integer)
        let kept = Set(history.of("replay").map(Lines.event))
        let earlier = history.of("outcome").filter {
            $0["result"]?.string == "acked" && ($0["t"]?.integer ?? 0) < begin
        }
        for events in Dictionary(grouping: earlier, by: { $0["agent"]?.integer }).values {
            let inOrder = events.sorted { ($0["seq"]?.integer ?? 0) < ($1["seq"]?.integer ?? 0) }
            let isKept = inOrder.map { kept.contains(Lines.event($0)) }
            #expect(!isKept.drop { $0 }.contains(true), "\(isKept)")
        }
    }

    /// What was acknowledged after an action's effect is all there.
    func lossesAreAllBefore(_ action: String, _ configuration: String, _ fault: String) throws {
        let history = try history(configuration, fault)
        let effect = try #require(
            history.of("fault").first { $0["action"]?.string == action && $0["phase"]?.string == "effect" })
        let moment = try #require(effect["t"]?.integer)
        let kept = Set(history.of("replay").map(Lines.event))
        let later = history.of("outcome").filter { $0["result"]?.string == "acked" && ($0["t"]?.integer ?? 0) > moment }
        #expect(!later.isEmpty)
        #expect(later.allSatisfy { kept.contains(Lines.event($0)) })
    }
}
