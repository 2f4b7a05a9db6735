import Checker
import History
import Testing

@testable import Report

/// Turns, and latency around a fault, in every report.
struct LatencyTests {
    private static func percentiles(_ p50: Int64, _ p99: Int64) -> Verdict.Percentiles {
        var found = Verdict.Percentiles()
        (found.count, found.p50, found.p99) = (10, p50 * 1_000_000, p99 * 1_000_000)
        return found
    }

    private static func run(_ edit: (inout Verdict) -> Void) -> Summary {
        var summary = Summary()
        summary.cells = [
            Fixture.cell("tiers", "kafka-outage", [Fixture.trial(verdict: Fixture.verdict(edit: edit))])
        ]
        return summary
    }

    private static let both = run { verdict in
        verdict.latency.turn = percentiles(11, 22)
        var phases = Verdict.Latency.Phases()
        (phases.before, phases.during) = (percentiles(31, 32), percentiles(41, 42))
        verdict.latency.phases = phases
        verdict.latency.logs = [Name("hot"): percentiles(51, 52), Name("cold"): percentiles(61, 62)]
        var hot = Verdict.Availability()
        hot.longestGapNanoseconds = 71_000_000
        hot.recovery = [.init(fault: 1, nanoseconds: 81_000_000)]
        verdict.availability.logs = [Name("hot"): hot]
        verdict.availability.recovery = [.init(fault: 1, nanoseconds: 1)]
    }

    @Test func theyStandInTheTableInMarkdownAndOnThePage() {
        let table = ComparisonTable(Self.both, directory: "out").render()
        let row = table.split(separator: "\n").filter { $0.hasPrefix("  kafka-outage") }.map(String.init)
        #expect(
            row.contains { $0.contains("31.0 ms  32.0 ms  41.0 ms  42.0 ms      –      –  11.0 ms  22.0 ms") },
            "\(row)")
        let markdown = MarkdownReport.text(Self.both)
        let cells = ["31.0 ms", "32.0 ms", "41.0 ms", "42.0 ms", "–", "–", "11.0 ms", "22.0 ms"].map {
            $0 == "–" ? $0 : "[\($0)](#cell-0)"
        }
        #expect(markdown.contains("| tiers | kafka-outage | \(cells.joined(separator: " | ")) |"))
        #expect(markdown.contains("| ack p50 | ack p99 | turn p50 | turn p99 |"))
        let page = ReportPage.text(Self.both, timelines: [:])
        #expect(page.contains("Turn p99") && page.contains("During p99") && page.contains(">22.0 ms<"))
    }

    /// Of two tiers the one that agents wait for.
    @Test func whatAgentsWaitForIsTheHotTier() {
        // Figures lead to their trials.
        let markdown = MarkdownReport.text(Self.both).replacing("](#cell-0)", with: "").replacing("| [", with: "| ")
        #expect(markdown.contains("| 81.0 ms | 71.0 ms | 51.0 ms | 52.0 ms | 11.0 ms | 22.0 ms |"), "\(markdown)")
    }

    @Test func nothingIsShownOfWhatNobodyMeasured() {
        let plain = Self.run { _ in }
        #expect(!ComparisonTable(plain, directory: "out").render().contains("turn"))
        #expect(!MarkdownReport.text(plain).contains("## Latency") && !MarkdownReport.text(plain).contains("turn p50"))
    }
}
