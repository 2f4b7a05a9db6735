import Foundation
import Glibc
import Platform
import TestSupport
import Testing

/// Whole runs, as a user starts them: what a seed fixes, what a saved run says again, what this machine must skip.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct RunTests {
    private static let suite = """
        suite: small
        workload: {agents: 8, rate: 300, duration: 1s, payload: {min: 50, max: 900}, producers: 2}
        configurations:
          - {name: always, system: redis-standalone, settings: {appendonly: yes, appendfsync: always, save: ""}}
        faults: [none]
        trials: 1
        gates: [{configuration: always, finding: lost, max: 0}]

        """

    private func run(_ place: Workplace, _ out: String, _ more: String...) async throws -> RunFolder {
        let suite = try place.file("suite.yml", Self.suite)
        let path = "\(place.path)/\(out)"
        let words = ["run", suite, "--quiet", "--out", path] + more
        let result = try await Holdfast.takingTurns { try Tool.run(Holdfast.path, words, deadline: .seconds(90)) }
        #expect(result.status == .exited(0), "\(result.output)\(result.errors)")
        #expect(result.errors == "")
        return RunFolder(path)
    }

    /// What an event is: its kind, its intended time, its content's checksum.
    private func events(_ folder: RunFolder) throws -> [String: String] {
        let exported = try Holdfast.run("export", folder.path + "/trials/always/none/1")
        #expect(exported.status == .exited(0))
        var events: [String: String] = [:]
        for line in try Lines(exported.output).of("attempt") {
            let (kind, intended, crc) = (line["kind"]?.string, line["intended"]?.integer, line["crc"]?.integer)
            events[Lines.event(line)] = "\(kind ?? "") \(intended ?? 0) \(crc ?? 0)"
        }
        return events
    }

    private func differing(_ one: [String: String], _ other: [String: String]) -> Int {
        one.filter { other[$0.key] != nil && other[$0.key] != $0.value }.count
    }

    @Test(.enabled(if: Holdfast.runsTrials, "needs root of the machine and redis-server"))
    func aSeedFixesEveryEventAndASavedRunSaysTheSameAgain() async throws {
        let place = try Workplace()
        let first = try await run(place, "first")
        let one = try events(first)
        let again = try events(await run(place, "again"))
        let other = try events(await run(place, "other", "--seed", "2"))
        let common = Set(one.keys).intersection(again.keys)
        #expect(common.count > 100 && Double(common.count) > 0.9 * Double(max(one.count, again.count)))
        #expect(differing(one, again) == 0)
        #expect(Set(one.values).count == one.count)
        #expect(differing(one, other) > 100)
        try aSavedRunSaysTheSame(first, place)
    }

    private func aSavedRunSaysTheSame(_ folder: RunFolder, _ place: Workplace) throws {
        let trial = "trials/always/none/1"
        let verdict = folder.text(trial + "/verdict.json")
        #expect(!verdict.isEmpty)
        let checked = try Holdfast.run("check", "--json", "\(folder.path)/\(trial)")
        #expect(checked.status == .exited(0) && checked.output == verdict)
        let exported = try Holdfast.run("export", "\(folder.path)/\(trial)")
        let file = try place.file("exported.jsonl", exported.output)
        #expect(try Holdfast.run("check", "--json", file).output == verdict)
        #expect(try Holdfast.run("check", "--json", "-", input: exported.output).output == verdict)
        #expect(try Holdfast.run("export", file).output == exported.output)
        #expect(try folder.trial("always", "none")["verdict"] == JSONValue(verdict))
        let said = try Holdfast.run("explain", "\(folder.path)/\(trial)", "--agent", "0", "--seq", "0")
        #expect(said.status == .exited(0) && said.output.contains("acked"), "\(said.errors)")
        let reported = try Holdfast.run("report", folder.path, "--out", place.path + "/report")
        #expect(reported.status == .exited(0), "\(reported.errors)")
        #expect(!Set(try Files.names(in: place.path + "/report")).isDisjoint(with: ["report.html"]))
    }

    @Test func withoutAServerEverythingIsSkippedAndNothingConcluded() throws {
        let place = try Workplace()
        let suite = try place.file("suite.yml", Self.suite)
        let result = try Holdfast.run(
            "run", suite, "--out", place.out, environment: ["HOLDFAST_REDIS_SERVER": "/nonexistent"])
        #expect(result.status == .exited(3), "\(result.errors)")
        let trial = try RunFolder(place.out).trial("always", "none")
        #expect(trial["status"]?.string == "skipped")
        #expect(trial["reason"]?.string?.contains("/nonexistent") == true)
        #expect(try RunFolder(place.out).summary()["gates"]?.array.first?["held"] == .null)
        #expect(result.output.contains("/nonexistent"))
        let strict = try Holdfast.run(
            "run", suite, "--no-skips", "--out", place.out + "-strict",
            environment: ["HOLDFAST_REDIS_SERVER": "/nonexistent"])
        #expect(strict.status == .exited(3))
    }

    @Test(
        .enabled(
            if: Holdfast.runsTrials && Holdfast.runsForOthers,
            "becomes another user, who must be able to read the program; needs redis-server"))
    func withoutRootAPowerLossIsSkippedAndTheRestRuns() async throws {
        let place = try Workplace()
        chmod(place.path, 0o777)
        let text = Self.suite.replacing("[none]", with: "[none, power-loss]")
        let suite = try place.file("suite.yml", text)
        chmod(suite, 0o644)
        let result = try await Holdfast.takingTurns { try Holdfast.runAsNobody("run", suite, "--out", place.out) }
        let folder = RunFolder(place.out)
        let lost = try folder.trial("always", "power-loss")
        #expect(lost["status"]?.string == "skipped")
        #expect(lost["reason"]?.string?.contains("root") == true)
        let none = try folder.trial("always", "none")
        if none["status"]?.string != "skipped" {
            #expect(result.status == .exited(0), "\(result.output)\(result.errors)")
            #expect(none["status"]?.string == "valid", "\(none["reason"]?.string ?? "")")
            #expect((none["verdict.events.acked"]?.integer ?? 0) > 100)
        } else {
            // Where users may make no namespaces of their own.
            #expect(result.status == .exited(3))
            #expect(none["reason"]?.string?.contains("user namespaces") == true)
        }
        #expect(!Files.isFolder(place.out + "/trials/always/none/1/nodes.holdfast"))
    }
}
