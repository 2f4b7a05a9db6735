import Checker
import Foundation
import History
import Testing

@testable import Report

struct GroupTests {
    private func row(_ name: String) throws -> [String: String] {
        let cell = try #require(try Fixture.groups().cells.first)
        let group = try #require(GroupDigest.all(in: cell.trials).first { $0.name == name })
        #expect(group.cells.count == GroupDigest.columns.count)
        return Dictionary(uniqueKeysWithValues: zip(GroupDigest.columns, group.cells))
    }

    @Test func aGroupShowsTheWorstOfItsTrials() throws {
        let expected = [
            "Consumers": "3", "Deliveries": "40,000", "Undelivered": "50", "Unprocessed": "5", "Redelivered": "13",
            "Vanished": "8", "Expired unseen": "9", "Stuck": "10", "Aborted read": "11", "Out of order": "12",
            "Dead letters": "399 of 400, 1 missing", "Agents damaged": "21", "Rebalances": "17",
            "Longest pause": "4.21 s", "Catch-up": "never", "Lag": "13,000", "Delivery p50": "2.00 ms",
            "Delivery p99": "70.0 ms",
        ]
        #expect(try row("billing <a>") == expected)
        let audit = try row("audit")
        #expect(audit["Undelivered"] == "20" && audit["Catch-up"] == "1.50 s" && audit["Consumers"] == "–")
        #expect(audit["Dead letters"] == "–" && audit["Agents damaged"] == "–")
    }

    @Test func theTableHasThemBesideWhatWasLost() throws {
        let text = ComparisonTable(try Fixture.groups(), directory: "out").render()
        let lines = text.split(separator: "\n").map { $0.split(separator: " ", omittingEmptySubsequences: true) }
        // The second trial: 50 of one group and 20 of the other; all else is worst in the first.
        let line = lines.filter { $0.first == "consumer-kill" }.last
        #expect(
            line?.map(String.init) == [
                "consumer-kill", "7", "70", "5", "13", "8", "9", "4.21", "s", "never", "90.0", "ms", "0.56", "ms",
                "0.14", "ms",
            ])
        #expect(text.contains("Groups: of each trial the sum"))
        // A cell without groups is in the first table only.
        #expect(lines.count { $0.first == "none" } == 1)
        #expect(text.split(separator: "\n").allSatisfy { DisplayWidth.of($0) <= 120 })
    }

    @Test func suitesWithoutGroupsSayNothingOfThem() throws {
        let summary = try Fixture.run()
        #expect(!ComparisonTable(summary, directory: "out").render().contains("livered"))
        #expect(!MarkdownReport.text(summary).contains("## Groups"))
        let page = ReportPage.text(summary, timelines: [:])
        #expect(!page.contains("Groups") && !page.contains("livered"))
    }

    @Test func theReportsHaveATableOfEachCellsGroups() throws {
        let summary = try Fixture.groups()
        let markdown = MarkdownReport.text(summary)
        let row = markdown.split(separator: "\n").first { $0.contains("billing &lt;a&gt;") }
        // Each leads to the trials that it was computed from.
        let figures = [
            "9", "4.21 s", "17", "never", "13,000", "2.00 ms", "70.0 ms", "10", "12", "11", "399 of 400, 1 missing",
            "21",
        ].map { "[\($0)](#cell-0)" }
        #expect(row?.contains("| \(figures.joined(separator: " | ")) |") == true, "\(row ?? "")")
        #expect(row?.split(separator: "|").count == 3 + GroupDigest.columns.count)
        let page = ReportPage.text(summary, timelines: [:])
        let cells = page.split(separator: "<h4>Groups</h4>")
        #expect(cells.count == 2)
        #expect(cells.last?.contains("billing &lt;a&gt;") == true)
        #expect(page.split(separator: "<h3>Groups</h3>").count == 2)
        #expect(Reader(page).problem == nil)
    }

    @Test(arguments: [
        ("groups.*.pause.longest", 4_210_000_000), ("groups.audit.pause.longest", 90_000_000),
        ("groups.audit.catch_up", 1_500_000_000), ("states.groups.*.damaged", 21), ("states.log.damaged", 0),
        ("groups.audit.undelivered.behind", 20),
    ])
    func gatesCanNameThem(figure: String, expected: Int64) throws {
        let verdict = try #require(try Fixture.groups().cells[0].trials[0].verdict)
        #expect(try Figure.parse(figure: figure).value(in: verdict, refusedStarts: 0) == .amount(expected))
    }

    @Test func neverCatchingUpIsMoreThanAnyTime() throws {
        let verdict = try #require(try Fixture.groups().cells[0].trials[0].verdict)
        let figure = try Figure.parse(figure: "groups.*.catch_up")
        #expect(figure.unit == .nanoseconds && figure.value(in: verdict, refusedStarts: 0) == .never)
        // Of a verdict from before it was measured nothing is known.
        var old = Fixture.verdict()
        old.groups[Name("g")] = .init()
        #expect(figure.value(in: old, refusedStarts: 0) == nil)
    }
}
