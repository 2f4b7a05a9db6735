import Foundation
import Glibc
import Platform
import TestSupport
import Testing

/// What must never come out as a pass.
@Suite(
    .serialized, .enabled(if: Holdfast.runsTrials, "needs root of the machine and redis-server"),
    .timeLimit(.minutes(10)))
struct NoConclusionTests {
    private func fault(_ place: Workplace, _ name: String, _ timeline: String) throws -> String {
        try place.file(
            "\(name).yml",
            "fault: \(name)\nabout: One that is planted.\napplies-to: [redis-standalone]\ntimeline:\n\(timeline)\n")
    }

    @Test func aFaultThatDoesNotBiteIsInvalid() async throws {
        let place = try Workplace()
        let bites = try fault(
            place, "bites", "  - {at: 100ms, do: command, node: primary, run: [PING], expect: PONG}")
        let misses = try fault(
            place, "misses", "  - {at: 100ms, do: command, node: primary, run: [PING], expect: PING}")
        let waits = try fault(
            place, "waits",
            "  - {at: 100ms, do: pause, node: primary}\n  - {wait: answering, node: same, within: 400ms}")
        let run = try await Scenario(
            Scenario.suite(
                ["always"], faults: "\(bites), \(misses), \(waits)",
                more: "gates: [{configuration: always, finding: corrupted, max: 0}]"))
        #expect(run.result.status == .exited(3), "\(run.result.output)")
        #expect(try run.lost("always", "bites").lost == 0)
        #expect(try run.actions("always", "bites") == ["command"])
        func invalid(_ fault: String, _ codes: String...) throws {
            let trial = try run.folder.trial("always", fault)
            #expect(trial["status"]?.string == "invalid")
            let reasons = trial["verdict.invalid_reasons"]?.strings ?? []
            #expect(Set(reasons.map { String($0.prefix { $0 != ":" }) }) == Set(codes), "\(reasons)")
        }
        try invalid("misses", "fault-without-effect", "gap")
        try invalid("waits", "gap")
        // What was open was healed all the same: the pause ended.
        #expect(try run.actions("always", "waits") == ["pause"])
    }

    @Test func aControlThatLosesNothingIsNoConclusion() async throws {
        let run = try await Scenario(
            Scenario.suite(
                ["always"], faults: "none",
                more: """
                    controls: [{configuration: always, fault: none, finding: lost}]
                    gates: [{configuration: always, finding: lost, max: 0}]
                    """))
        #expect(run.result.status == .exited(3), "\(run.result.output)")
        let summary = try run.folder.summary()
        #expect(summary["controls"]?.array.first?["found"] == .bool(false))
        #expect(summary["gates"]?.array.first?["held"] == .bool(true))
        #expect(summary["exit"]?.integer == 3)
    }

    @Test func aBrokenGateIsOneAndAProducerThatDiesIsAGap() async throws {
        var pid: Int32 = 0
        let run = try await Scenario(
            Scenario.suite(
                ["none", "always"], faults: "primary-kill",
                more: "gates: [{configuration: \"*\", finding: lost, max: 0}]"),
            during: { folder, _ in
                // The second trial's producer; the first one's trial breaks the gate.
                let words = "worker produce \(folder.path)/trials/always/"
                #expect(eventually(within: 60) { Traces.processes(with: words).first.map { pid = $0 } != nil })
                #expect(eventually { folder.log.components(separatedBy: "fault: kill").count == 3 })
                // 0 would mean this process and its whole group.
                if pid > 0 { kill(pid, SIGKILL) }
            })
        // A broken gate outweighs what is invalid.
        #expect(run.result.status == .exited(1), "\(run.result.output)")
        #expect(try run.folder.summary()["gates"]?.array.first?["held"] == .bool(false))
        let trial = try run.folder.trial("always", "primary-kill")
        #expect(trial["status"]?.string == "invalid")
        let reasons = trial["verdict.invalid_reasons"]?.strings ?? []
        #expect(reasons.contains { $0.hasPrefix("gap: ") && $0.contains("signal 9") }, "\(reasons)")
        // The history up to there is whole: nothing acknowledged in it is missing from the log.
        #expect(trial["verdict.log.lost"]?.integer == 0)
        #expect((trial["verdict.events.acked"]?.integer ?? 0) > 0)
    }

    @Test func aFullDiskIsNeverAPass() async throws {
        let place = try Workplace()
        let suite = try place.file("suite.yml", Scenario.suite(["none"], faults: "none"))
        let script = """
            set -e
            truncate -s 400M \(place.path)/disk; mkfs.ext4 -q -F -m 0 \(place.path)/disk
            mkdir \(place.path)/mnt; mount -o loop \(place.path)/disk \(place.path)/mnt
            exec \(Holdfast.path) run \(suite) --out \(place.path)/mnt/out
            """
        try await Holdfast.takingTurns {
            let said = place.path + "/said"
            let child = try Holdfast.start(
                ["/usr/bin/unshare", "--mount", "--propagation", "private", "sh", "-c", script], in: place.here,
                output: said)
            let root = "/proc/\(child.pid)/root\(place.path)/mnt"
            let folder = RunFolder(root + "/out")
            #expect(eventually { folder.log.contains("  load") || child.status != nil })
            #expect(fill(root + "/filler") == ENOSPC)
            let status = child.wait(upTo: .seconds(120))
            let text = Files.read(said, limit: 1 << 20) ?? ""
            #expect(status == .exited(4), "\(text)")
            #expect(text.contains("ENOSPC") || text.lowercased().contains("space"), "\(text)")
            #expect(!text.contains("lost 0"), "\(text)")
            #expect(eventually { Traces.loopDevices(below: place.path).isEmpty })
        }
    }

    /// Takes every block of a file's filesystem that is left, at once; returns what ended it.
    private func fill(_ path: String) -> Int32 {
        let file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { return errno }
        defer { close(file) }
        var (size, piece, last) = (off_t(0), off_t(1) << 28, Int32(0))
        while piece >= 4096 {
            last = posix_fallocate(file, size, piece)
            if last == 0 { size += piece } else { piece /= 2 }
        }
        return last
    }
}
