import Checker
import Foundation
import Testing

@testable import Report

struct RecommendationTests {
    private func objectives(replay: Int64? = nil) throws -> Objectives {
        Objectives(
            objectives: [
                try .init(figure: try .parse(finding: "lost"), max: .count(0)),
                try .init(figure: try .parse(figure: "latency.ack.p99"), max: .time(nanoseconds: 5_000_000)),
            ], replayNanoseconds: replay)
    }

    private func configuration(_ name: String, keeps: Int64? = nil) -> Summary.Configuration {
        var configuration = Summary.Configuration(
            name: name, system: "kafka", settings: [:], ack: "all", retries: "none", promise: "")
        (configuration.retentionNanoseconds, configuration.eventBytes) = (keeps, 1000)
        return configuration
    }

    private func trial(lost: Int = 0, p99: Int64 = 1_000_000, cpu: Int64 = 40_000) -> Summary.Trial {
        var trial = Fixture.trial(verdict: Fixture.verdict(lost: lost) { $0.latency.ack.p99 = p99 })
        trial.cpu = .init(harnessNanoseconds: 1, serversNanoseconds: cpu * 40_000)
        return trial
    }

    private func found(_ summary: Summary) throws -> [String: Recommendation.Standing] {
        let found = try #require(Recommendation(summary))
        return Dictionary(uniqueKeysWithValues: found.candidates.map { ($0.name, $0.standing) })
    }

    @Test func whoMeetsAllComesFirstAndTheCheapestOfThem() throws {
        var summary = Summary()
        summary.slo = try objectives()
        let names = ["dear", "lossy", "cheap", "slow", "unknown"]
        summary.configurations = names.map { configuration($0) }
        summary.cells = [
            Fixture.cell("dear", "none", [trial(cpu: 90_000)]), Fixture.cell("dear", "kill", [trial(p99: 1 << 40)]),
            Fixture.cell("lossy", "none", [trial()]), Fixture.cell("lossy", "kill", [trial(), trial(lost: 7)]),
            Fixture.cell("cheap", "none", [trial()]), Fixture.cell("cheap", "kill", [trial()]),
            Fixture.cell("slow", "none", [trial(p99: 6_000_000)]),
            Fixture.cell("unknown", "none", [trial()]),
            Fixture.cell("unknown", "kill", [Fixture.trial(1, .invalid, reason: "gap")]),
        ]
        let recommendation = try #require(Recommendation(summary))
        #expect(recommendation.candidates.map(\.name) == ["cheap", "dear", "unknown", "lossy", "slow"])
        #expect(recommendation.candidates[0].standing == .meets && recommendation.candidates[0].cost == 40_000)
        #expect(recommendation.candidates[1].standing == .meets)
        #expect(recommendation.candidates[2].standing == .notShown("no valid trial under kill"))
        guard case .fails(let failures) = recommendation.candidates[3].standing else { throw Unexpected() }
        #expect(
            failures.map(\.objective) == ["lost ≤ 0"] && failures[0].value == "7" && failures[0].place?.fault == "kill")
        #expect(RecommendationText.sentence(recommendation).hasPrefix("cheap (kafka) meets lost ≤ 0"))
        for text in [MarkdownReport.text(summary), ReportPage.text(summary, timelines: [:])] {
            #expect(text.contains("Which to take") && text.contains("does not"))
        }
    }

    /// What settings say is enough to fail, and what it takes to keep everything is said of all.
    @Test func aLogThatForgetsCannotBeReplayed() throws {
        var summary = Summary()
        let day: Int64 = 86_400_000_000_000
        summary.slo = try objectives(replay: 30 * day)
        summary.configurations = [configuration("week", keeps: 7 * day), configuration("all")]
        summary.cells = [Fixture.cell("week", "none", [trial()]), Fixture.cell("all", "none", [trial()])]
        let standings = try found(summary)
        #expect(standings["all"] == .meets)
        #expect(
            standings["week"]
                == .fails([.init(objective: "replay ≥ 30 d", value: "its settings keep events for 7 d", place: nil)]))
        // 1000 bytes, 10,000 a second.
        #expect(Recommendation(summary)?.candidates.first?.storage == "26 TB of disk on each copy")
        let back = try JSONDecoder().decode(Summary.self, from: JSONEncoder().encode(summary))
        #expect(back == summary)
    }

    private struct Unexpected: Error {}
}

struct SettledTests {
    private func cell(_ losses: [Int]) -> Summary.Cell {
        Fixture.cell("c", "f", losses.enumerated().map { Fixture.trial($0 + 1, verdict: Fixture.verdict(lost: $1)) })
    }

    /// With no loss among n trials the interval is 1.92 / (n + 3.84) to either side.
    @Test func aShareIsKnownWhenItsIntervalIsNarrow() {
        #expect(!cell(Array(repeating: 0, count: 15)).isSettled(halfWidth: 0.1))
        #expect(cell(Array(repeating: 0, count: 16)).isSettled(halfWidth: 0.1))
        #expect(!cell([0, 9, 0, 9, 0, 9, 0, 9, 0, 9, 0, 9, 0, 9, 0, 9]).isSettled(halfWidth: 0.1))
        #expect(Fixture.cell("c", "f", [Fixture.trial(1, .skipped)]).isSettled(halfWidth: 0.001))
        #expect(!Fixture.cell("c", "f", [Fixture.trial(1, .invalid)]).isSettled(halfWidth: 0.5))
    }
}
