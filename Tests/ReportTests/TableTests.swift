import Testing

@testable import Report

struct TableTests {
    @Test func theTableShowsEachKindOfCellAndFitsItsWidth() throws {
        let text = ComparisonTable(try Fixture.run(), directory: "out/audit").render()
        try Snapshot.compare(text, with: "table.txt")
        for width in [120, 100, 80] {
            let text = ComparisonTable(try Fixture.run(), directory: "out/audit", width: width).render()
            let commands = text.split(separator: "\n").filter { !$0.contains("holdfast ") }
            #expect(commands.allSatisfy { DisplayWidth.of($0) <= width })
        }
    }

    @Test func aSuiteWithoutControlsOrGatesIsToldSo() throws {
        var summary = try Fixture.run()
        (summary.controls, summary.gates) = ([], [])
        summary.judge()
        let text = ComparisonTable(summary, directory: "out").render()
        #expect(text.contains("This suite has no controls"))
        #expect(text.contains("This suite has no gates"))
    }

    @Test func whatNobodyAcknowledgesIsCalledSent() throws {
        let verdict = Fixture.verdict(acked: 1000, lost: 100)
        var summary = Summary()
        summary.cells = [Fixture.cell("acks 0", "leader-kill", [Fixture.trial(verdict: verdict)])]
        #expect(ComparisonTable(summary, directory: "out").render().contains(" 10 %  "))
        summary.cells[0].acknowledged = "sent"
        #expect(ComparisonTable(summary, directory: "out").render().contains(" 10 % of sent  "))
        #expect(MarkdownReport.text(summary).contains("10 % of sent"))
        #expect(JUnitReport.text(summary).contains("sent 1000, lost 100"))
    }

    @Test func namesCannotSteerTheTerminal() throws {
        var summary = try Fixture.run()
        for index in summary.cells.indices where summary.cells[index].configuration == "always" {
            summary.cells[index].configuration = "al\u{1B}[31mways\u{202E}\n\u{9B}"
        }
        summary.configurations.removeLast()
        summary.judge()
        let text = ComparisonTable(summary, directory: "out").render()
        #expect(text.contains("al\u{FFFD}[31mways\u{FFFD} \u{FFFD}"))
        #expect(!text.unicodeScalars.contains { $0 != "\n" && $0.properties.generalCategory == .control })
    }

    @Test func wideCharactersTakeTwoColumns() {
        #expect(DisplayWidth.of("abc") == 3)
        #expect(DisplayWidth.of("日本") == 4)
        #expect(DisplayWidth.of("e\u{301}") == 1)
        #expect(DisplayWidth.of("👩‍👩‍👧") == 2)
        #expect(DisplayWidth.cut("日本語", to: 4) == "日…")
        #expect(DisplayWidth.cut("abcd", to: 4) == "abcd")
    }
}

struct FormatTests {
    @Test(arguments: [
        (0, "0 s"), (850, "850 ns"), (9_100, "9.1 µs"), (310_000, "0.31 ms"), (9_994_999, "9.99 ms"),
        (9_995_000, "10.0 ms"), (212_000_000, "212 ms"), (999_600_000, "1.00 s"), (1_230_000_000, "1.23 s"),
        (12_340_000_000, "12.3 s"), (125_000_000_000, "125 s"), (720_000_000_000, "12 min"),
    ])
    func timesHaveThreeDigitsThatMatter(nanoseconds: Int64, text: String) {
        #expect(Format.time(nanoseconds) == text)
    }

    @Test(arguments: [
        (0, 40_000, "0 %"), (40_000, 40_000, "100 %"), (1, 40_000, "<0.01 %"), (39_999, 40_000, ">99.9 %"),
        (84, 40_000, "0.21 %"), (840, 40_000, "2.1 %"), (7_301, 40_000, "18 %"), (39_800, 40_000, "99.5 %"),
        (0, 0, "–"),
    ])
    func aShareIsNeverRoundedToNothingOrToAll(part: Int, whole: Int, text: String) {
        #expect(Format.share(part, of: whole) == text)
    }

    @Test func countsHaveThousandsApart() {
        #expect(Format.count(Int64.max) == "9,223,372,036,854,775,807")
        #expect(Format.count(-1_234) == "-1,234")
        #expect(Format.count(999) == "999")
    }

    @Test(arguments: [(1, "95 %"), (3, "63 %"), (10, "26 %"), (100, "3.0 %")])
    func cleanTrialsSupportABound(count: Int, text: String) {
        #expect(Remarks.bound(clean: count) == text)
    }

    @Test func commandsAreQuotedForTheShell() {
        #expect(Shell.quoted("a/b-c_1.yml") == "a/b-c_1.yml")
        #expect(Shell.quoted("it's $(x)") == #"'it'\''s $(x)'"#)
        #expect(Shell.quoted("") == "''")
    }
}
