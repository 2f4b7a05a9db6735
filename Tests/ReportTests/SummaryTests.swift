import Checker
import Foundation
import History
import Testing

@testable import Report

struct SummaryTests {
    private func object(_ summary: Summary) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: summary.encoded()) as? [String: Any])
    }

    @Test func aSummaryIsReadBackAsItWasWritten() throws {
        let summary = try Fixture.run()
        let data = try summary.encoded()
        let again = try Summary.decoded(from: data, path: "summary.json")
        #expect(again == summary)
        #expect(try again.encoded() == data)
        #expect(data.last == UInt8(ascii: "\n"))
    }

    @Test func whatGroupsAndProcessesTookIsReadBack() throws {
        var summary = Summary()
        var trial = Fixture.trial(verdict: Fixture.verdict())
        trial.groups = ["g": .init(consumers: 3, rebalances: 7, refusals: 2)]
        trial.cpu = .init(harnessNanoseconds: 11, serversNanoseconds: 12)
        summary.cells = [Fixture.cell("c", "f", [trial])]
        let data = try summary.encoded()
        #expect(try Summary.decoded(from: data, path: "") == summary)
        let cells = try #require(try object(summary)["cells"] as? [[String: Any]])
        let written = try #require((cells[0]["trials"] as? [[String: Any]])?.first)
        #expect(written["cpu"] as? [String: Int] == ["harness_ns": 11, "servers_ns": 12])
        #expect(
            written["groups"] as? [String: [String: Int]] == ["g": ["consumers": 3, "rebalances": 7, "refusals": 2]])
    }

    @Test func everyKeyOfTheContractIsThereAlsoWhereItsValueIsNull() throws {
        let summary = try Fixture.run()
        let top = try object(summary)
        #expect(
            Set(["suite", "started", "seconds", "machine", "versions", "cells", "gates", "controls", "exit"])
                .isSubset(of: top.keys))
        let cells = try #require(top["cells"] as? [[String: Any]])
        for cell in cells {
            #expect(cell.keys.sorted() == ["configuration", "description", "fault", "system", "trials"])
            for trial in try #require(cell["trials"] as? [[String: Any]]) {
                let keys = ["n", "seed", "status", "reason", "refused_starts", "rate", "directory", "verdict"]
                #expect(Set(keys).isSubset(of: trial.keys))
                let rate = try #require(trial["rate"] as? [String: Any])
                #expect(rate.keys.sorted() == ["achieved", "saturated", "target"])
            }
        }
        #expect(cells[0]["description"] is NSNull)
        let gates = try #require(top["gates"] as? [[String: Any]])
        #expect(gates.map { $0["gate"] as? String }.last == "always × none: latency.ack.p99 ≤ 5ms")
        #expect(gates.last?["held"] is NSNull && gates.last?["value"] is NSNull)
        #expect(gates[3]["value"] as? Int == 910_000_000 && gates[3]["max"] as? String == "2s")
        #expect(gates[0]["max"] as? Int == 0 && gates[0]["held"] as? Bool == false)
    }

    @Test func neverRecoveredIsNullAndReadBackAsNever() throws {
        var summary = Summary()
        summary.cells = [Fixture.cell("c", "f", [Fixture.trial(verdict: Fixture.verdict(recovery: [nil]))])]
        summary.gates = [try Fixture.gate("c", figure: "availability.recovery", max: "1s")]
        summary.judge()
        let text = String(decoding: try summary.encoded(), as: UTF8.self)
        #expect(text.contains(#""value" : null"#) && text.contains(#""ns" : null"#))
        #expect(try Summary.decoded(from: Data(text.utf8), path: "").gates.first?.value == .never)
    }

    @Test func whatIsNoSummaryIsRefusedWithTheField() {
        let missing = #expect(throws: ReportError.self) {
            try Summary.decoded(from: Data(#"{"suite": "x"}"#.utf8), path: "x/summary.json")
        }
        #expect(missing?.message.hasPrefix("x/summary.json is no summary of a run: the file has no `") == true)
        #expect(throws: ReportError.self) { try Summary.decoded(from: Data("[".utf8), path: "x") }
    }
}

struct ReporterTests {
    private func inFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("holdfast-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    @Test func aRunIsWrittenAndReportedAgainWithTheSameBytes() throws {
        try inFolder { folder in
            let run = folder + "/run"
            try Reporter.write(try Fixture.run(), to: run)
            let files = try FileManager.default.contentsOfDirectory(atPath: run).sorted()
            #expect(files == ["junit.xml", "report.html", "report.md", "summary.json"])
            let before = try files.map { try Data(contentsOf: URL(fileURLWithPath: "\(run)/\($0)")) }
            try Reporter.write(try Reporter.load(directories: [run], output: run), to: run)
            let after = try files.map { try Data(contentsOf: URL(fileURLWithPath: "\(run)/\($0)")) }
            #expect(before == after)
        }
    }

    @Test func gatesAreJudgedAnewFromWhatTheSummaryCarries() throws {
        try inFolder { folder in
            var summary = try Fixture.run()
            for index in summary.gates.indices { summary.gates[index].held = true }
            summary.exit = 0
            try Reporter.write(summary, to: folder)
            let loaded = try Reporter.load(directories: [folder], output: folder)
            #expect(loaded.exit == 1)
            #expect(loaded == (try Fixture.run()))
        }
    }

    @Test func severalRunsStandSideBySideEachUnderItsOwnGates() throws {
        try inFolder { folder in
            var other = try Fixture.run()
            other.suite = "other"
            // Killed two trials before its end; how many the first run meant to do is not known.
            other.planned = other.cells.reduce(2) { $0 + $1.trials.count }
            other.versions["redis-server"] = "8.2.3"
            other.gates = [try Fixture.gate("*", "none", finding: "lost", max: "0")]
            try Reporter.write(try Fixture.run(), to: folder + "/a")
            try Reporter.write(other, to: folder + "/b")
            let merged = try Reporter.load(directories: [folder + "/a", folder + "/b"], output: folder + "/out")
            #expect(merged.cells.count == 12)
            #expect(merged.cells[0].trials.map(\.n) == [1, 2, 3, 4])
            #expect(merged.cells[0].trials[2].directory == "../b/trials/defaults/none/1")
            #expect(merged.versions["redis-server"] == "7.0.15, 8.2.3")
            // The gate that both have is judged over both, the others over the first run's trials only.
            #expect(merged.gates.map(\.judged) == [15, 10, 1, 2, 2, 1, 0])
            #expect(merged.controls.map(\.judged) == [2, 2])
            #expect(merged.missing == 2)
            #expect(merged.exit == 1)
        }
    }

    @Test func plotsComeFromTheTrialsDirectories() throws {
        try inFolder { folder in
            let summary = try Fixture.run()
            let trial = try #require(summary.cells[1].trials.first)
            let directory = "\(folder)/\(trial.directory)"
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            var bucket = Timeline.Bucket()
            bucket.acked = 7
            try Reporter.write(Timeline(bucketNanoseconds: 100_000_000, buckets: [bucket]), toTrial: directory)
            try Reporter.write(summary, to: folder)
            let page = try String(contentsOfFile: folder + "/report.html", encoding: .utf8)
            // Beside that of what durability costs.
            #expect(page.split(separator: "<svg").count == 3)
        }
    }

    @Test func aFolderWithoutARunIsRefused() {
        let error = #expect(throws: ReportError.self) {
            try Reporter.load(directories: ["/nonexistent"], output: "/nonexistent")
        }
        #expect(error?.message.hasPrefix("cannot read /nonexistent/summary.json: give the directory of a run") == true)
        #expect(throws: ReportError.self) { try Reporter.load(directories: [], output: "/nonexistent") }
    }
}
