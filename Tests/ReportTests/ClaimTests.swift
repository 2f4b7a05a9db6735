import Checker
import Foundation
import Testing

@testable import Report

struct ClaimTests {
    private func claim(
        finding: String? = nil, figure: String? = nil, of: CellPattern, against: CellPattern? = nil, times: Int = 1,
        min: String? = nil, max: String? = nil, onlyIf: Claim.Condition? = nil, untestable: String? = nil
    ) throws -> Claim {
        let figure =
            if let finding { try Figure.parse(finding: finding) } else { try Figure.parse(figure: figure ?? "") }
        return try Claim(
            id: "c", says: "it is so", source: "somebody",
            measure: .init(
                figure: figure, of: of, against: against, times: times,
                holds: try ClaimBounds(min: try min.map { try .parse($0) }, max: try max.map { try .parse($0) })),
            onlyIf: onlyIf, untestable: untestable)
    }

    private func cells(_ configuration: String, _ fault: String = "*", row: String? = nil) -> CellPattern {
        CellPattern(configuration: Glob(configuration), fault: Glob(fault), row: row.map { Glob($0) })
    }

    private func lossy(_ windows: Int64..., configuration: String = "everysec", fault: String = "power-loss")
        -> Summary.Cell
    {
        let trials = windows.enumerated().map { index, window in
            Fixture.trial(
                index + 1, in: "\(configuration)/\(fault)",
                verdict: Fixture.verdict(lost: window == 0 ? 0 : 100, window: window * 1_000_000))
        }
        return Fixture.cell(configuration, fault, trials)
    }

    private func quick(_ p50s: Int64..., configuration: String = "redis", row: String? = nil, saturated: Bool = false)
        -> Summary.Cell
    {
        let trials = p50s.enumerated().map { index, p50 in
            Fixture.trial(
                index + 1, in: "\(configuration)/none", saturated: saturated,
                verdict: Fixture.verdict { $0.latency.ack.p50 = p50 * 1_000 })
        }
        return Fixture.cell(configuration, "none", trials, row: row)
    }

    /// Losses by their worst trial: one above the bound refutes it, however many are below.
    @Test func aLossClaimIsAsGoodAsItsWorstTrial() throws {
        let second = try claim(figure: "loss.window", of: cells("everysec"), max: "1s")
        #expect(second.judged(over: [lossy(400, 730, 990)]).verdict == .holds)
        let refuted = second.judged(over: [lossy(400, 1_001, 500)])
        #expect(refuted.verdict == .doesNot)
        let measured = try #require(refuted.measured.first)
        #expect(measured.value == 1_001_000_000 && measured.lowest == 400_000_000 && measured.trials == 3)
        #expect(measured.departure == .above)
        #expect(ClaimText.figure(measured, of: second) == "1.00 s")
        #expect(ClaimText.place(measured, of: second) == "everysec × power-loss, n = 3, 400 ms to 1.00 s")
    }

    /// Latencies by their median: one slow trial is no refutation, and one quick one no proof.
    @Test func aLatencyClaimIsAsGoodAsItsMedian() throws {
        let range = try claim(figure: "latency.ack.p50", of: cells("redis"), min: "200us", max: "500us")
        #expect(range.judged(over: [quick(300, 400, 900)]).verdict == .holds)
        let slow = range.judged(over: [quick(300, 600, 900)])
        #expect(slow.verdict == .doesNot && ClaimText.rest(slow) == "it is more")
        let fast = range.judged(over: [quick(100, 150, 300)])
        #expect(fast.verdict == .doesNot && ClaimText.rest(fast) == "it is less")
    }

    @Test func everyCellMustHoldAndOneRefutes() throws {
        let second = try claim(figure: "loss.window", of: cells("everysec"), max: "1s")
        let slow = lossy(1_600, fault: "slow-fsync-kill")
        let both = second.judged(over: [lossy(400), slow, lossy(9_000, configuration: "other")])
        #expect(both.verdict == .doesNot && both.measured.count == 2)
        #expect(both.measured.map(\.departure) == [nil, .above])
    }

    @Test func aConditionMustHoldWhereItIsMet() throws {
        let when = Claim.Condition(when: "the disk is quick", of: cells("everysec", "power-loss"))
        let second = try claim(figure: "loss.window", of: cells("everysec"), max: "1s", onlyIf: when)
        let slow = lossy(1_600, fault: "slow-fsync-kill")
        let found = second.judged(over: [lossy(400), slow])
        #expect(found.verdict == .onlyIf && ClaimText.rest(found) == "the disk is quick")
        #expect(found.measured.map(\.isCondition) == [true, false])
        // Where everything holds there is no condition, and where the condition fails it is none.
        #expect(second.judged(over: [lossy(400), lossy(500, fault: "slow-fsync-kill")]).verdict == .holds)
        #expect(second.judged(over: [lossy(1_400), slow]).verdict == .doesNot)
        // A condition that nobody could look at proves nothing.
        let invalid = Fixture.cell("everysec", "power-loss", [Fixture.trial(1, .invalid, reason: "gap")])
        #expect(second.judged(over: [invalid, slow]).verdict == .doesNot)
        #expect(second.judged(over: [slow]).verdict == .doesNot)
    }

    /// The condition's cells may be others than those that the claim is about, with bounds of their own.
    @Test func aConditionMayLieElsewhere() throws {
        let bounds = try ClaimBounds(min: nil, max: try .parse("0s"))
        let when = Claim.Condition(when: "always", of: cells("always", "power-loss"), holds: bounds)
        let second = try claim(figure: "loss.window", of: cells("everysec"), max: "1s", onlyIf: when)
        let found = second.judged(over: [lossy(1_500), lossy(0, configuration: "always")])
        #expect(found.verdict == .onlyIf && found.measured.map(\.configuration) == ["everysec", "always"])
        #expect(second.judged(over: [lossy(1_500), lossy(1, configuration: "always")]).verdict == .doesNot)
    }

    @Test func withoutAValidTrialNothingHolds() throws {
        let none = try claim(finding: "lost", of: cells("everysec"), max: "0")
        let open = none.judged(over: [])
        #expect(open.verdict == .notMeasured && open.reason == "no such cell was run" && open.measured.isEmpty)
        let invalid = Fixture.cell("everysec", "kill", [Fixture.trial(1, .invalid, reason: "gap: a worker died")])
        let skipped = Fixture.cell("everysec", "power-loss", [Fixture.trial(1, .skipped, reason: "needs root")])
        // A cell that is clean does not speak for one that is not there.
        let half = none.judged(over: [lossy(0, fault: "none"), invalid, skipped])
        #expect(half.verdict == .notMeasured)
        #expect(
            half.reason
                == "everysec × kill: no valid trial (gap: a worker died); everysec × power-loss: no valid trial (needs root)"
        )
        // One that is not clean refutes all the same.
        #expect(none.judged(over: [lossy(3, fault: "none"), invalid]).verdict == .doesNot)
        // A valid status with a verdict that says otherwise is no trial either.
        let said = Fixture.trial(1, verdict: Fixture.verdict { $0.valid = false })
        #expect(none.judged(over: [Fixture.cell("everysec", "x", [said])]).verdict == .notMeasured)
        let latency = try claim(figure: "latency.ack.p50", of: cells("redis"), max: "1s")
        #expect(latency.judged(over: [quick(1, saturated: true)]).verdict == .notMeasured)
    }

    @Test func aMachineThatIsTooSmallRefutesNothing() throws {
        let rate = try claim(
            figure: "rate.achieved", of: cells("redis"), min: "500000", untestable: "two cores")
        let small = rate.judged(over: [quick(1)])
        #expect(small.verdict == .untestable && small.reason == "two cores" && small.measured.first?.value == 9_998)
        var fast = Fixture.trial(verdict: Fixture.verdict())
        fast.rate.achieved = 612_345
        #expect(rate.judged(over: [Fixture.cell("redis", "none", [fast])]).verdict == .holds)
        let never = try Claim(
            id: "months", says: "for months", source: "somebody", measure: nil, untestable: "takes months")
        #expect(never.judged(over: []).verdict == .untestable)
    }

    @Test func ratesAreComparedWithWhatTheyAreHeldAgainst() throws {
        func cell(_ configuration: String, _ rate: Double, row: String) -> Summary.Cell {
            Fixture.cell(
                configuration, "none",
                [Fixture.trial(in: configuration, achieved: rate, verdict: Fixture.verdict())], row: row)
        }
        let cost = try claim(
            figure: "rate.achieved", of: cells("always"), against: cells("everysec"), min: "20%", max: "40%")
        let run = [
            cell("always", 3_000, row: "one"), cell("everysec", 10_000, row: "one"),
            cell("always", 9_000, row: "twenty"), cell("everysec", 100_000, row: "twenty"),
        ]
        // Each is held against the cell of its own fault and description.
        let found = cost.judged(over: run)
        #expect(found.measured.map(\.share) == [30, 9] && found.measured.map(\.departure) == [nil, .below])
        #expect(found.verdict == .doesNot)
        #expect(ClaimText.figure(found.measured[1], of: cost) == "9.0 %: 9,000 against 100,000")
        #expect(cost.judged(over: Array(run[..<2])).verdict == .holds)
        let alone = cost.judged(over: [run[0]])
        #expect(alone.verdict == .notMeasured)
        #expect(alone.reason == "always × none: nothing to hold it against: no trial was run")
    }

    /// Something against nothing is more than any share; nothing against nothing is the same.
    @Test func aShareOfNothing() throws {
        let close = try claim(
            figure: "loss.window", of: cells("redis"), against: cells("kafka"), max: "100%")
        let kafka = lossy(0, configuration: "kafka")
        #expect(close.judged(over: [lossy(0, configuration: "redis"), kafka]).verdict == .holds)
        let more = close.judged(over: [lossy(20, configuration: "redis"), kafka])
        #expect(more.verdict == .doesNot && more.measured.first?.share == nil)
        #expect(ClaimText.figure(more.measured[0], of: close) == "20.0 ms against 0 s")
    }

    @Test func whatNeverHappensIsMoreThanAnyTime() throws {
        let soon = try claim(figure: "availability.recovery", of: cells("c"), max: "30s")
        let never = Fixture.cell("c", "f", [Fixture.trial(verdict: Fixture.verdict(recovery: [nil]))])
        let found = soon.judged(over: [never])
        #expect(found.verdict == .doesNot && ClaimText.figure(found.measured[0], of: soon) == "never")
    }

    @Test func stepsAddUp() throws {
        let steps = try claim(figure: "latency.ack.p50", of: cells("redis", row: "2,000*"), times: 20, max: "10ms")
        let run = [quick(310, row: "2,000 events/s"), quick(900, row: "10,000 events/s")]
        let found = steps.judged(over: run)
        #expect(found.verdict == .holds && found.measured.map(\.value) == [6_200_000])
        #expect(ClaimText.name(steps) == "latency.ack.p50 × 20")
    }

    @Test(arguments: [
        ("lost", nil, "1s", "`lost` is a count, `max: 1s` a time; write a whole number, such as `max: 0`"),
        ("lost", nil, "50%", "`max: 50%` is a share of nothing; add `against`, the cells that it is a share of"),
        (
            "lost", "kafka", "0",
            "`max: 0` is no share, and `against` asks for one; write it in per cent, such as `max: 50%`"
        ),
    ])
    func boundsMustBeOfWhatIsMeasured(finding: String, against: String?, max: String, message: String) {
        let error = #expect(throws: Refusal.self) {
            _ = try claim(finding: finding, of: cells("c"), against: against.map { cells($0) }, max: max)
        }
        #expect(error?.description == message)
    }

    // MARK: Reports

    /// A run with a claim of each verdict.
    private func run() throws -> Summary {
        var summary = Summary()
        summary.suite = "claims"
        summary.cells = [
            lossy(400, 730), lossy(1_600, fault: "slow-fsync-kill"), quick(310, row: "2,000 <b>events</b>"),
            Fixture.cell("kafka", "none", [Fixture.trial(1, .invalid, reason: "gap", in: "kafka/none")]),
        ]
        let when = Claim.Condition(when: "the disk is <quick>", of: cells("everysec", "power-loss"))
        let claims: [(String, Claim)] = [
            ("holds", try claim(figure: "latency.ack.p50", of: cells("redis"), max: "500us")),
            ("onlyif", try claim(figure: "loss.window", of: cells("everysec"), max: "1s", onlyIf: when)),
            ("not", try claim(finding: "lost", of: cells("everysec"), max: "0")),
            ("rate", try claim(figure: "rate.achieved", of: cells("redis"), min: "500000", untestable: "two cores")),
            ("open", try claim(finding: "lost", of: cells("kafka"), max: "0")),
        ]
        summary.claims = try claims.map { id, claim in
            ClaimOutcome(
                claim: try Claim(
                    id: id, says: "<script>alert('\(id)')</script> | so", source: "an *article*", claimed: "0.2–0.5 ms",
                    measure: claim.measure, onlyIf: claim.onlyIf, untestable: claim.untestable))
        }
        summary.judge()
        return summary
    }

    @Test func eachVerdictHasItsWordsInEveryReport() throws {
        let summary = try run()
        #expect(
            summary.claims?.map(\.verdict) == [.holds, .onlyIf, .doesNot, .untestable, .notMeasured])
        let sentence =
            "Of 5 claims 1 holds here, 1 holds under a condition, 1 does not hold, 1 cannot be tested here, "
            + "1 was not measured."
        let page = ReportPage.text(summary, timelines: [:])
        let markdown = MarkdownReport.text(summary)
        let table = ComparisonTable(summary, directory: "out").render()
        let words = ["✓ holds", "◐ holds here only if", "✗ does not hold", "– not testable", "! not measured"]
        for text in [page, markdown, table] {
            for word in words { #expect(text.contains(word)) }
            #expect(text.contains("0.31 ms") && text.contains("two cores"))
        }
        #expect(page.contains(sentence) && markdown.contains(sentence))
        // What is said stays text.
        #expect(!page.contains("<script>") && page.contains("&lt;script&gt;alert(&#39;not&#39;)"))
        #expect(!markdown.contains("<script>") && markdown.contains("an \\*article\\*"))
        // A figure leads to the trials that it was computed from.
        #expect(page.contains("<a class=\"figure\" href=\"#cell-2-trials\">0.31 ms</a>"))
        #expect(page.contains("id=\"cell-2-trials\""))
        #expect(markdown.contains("[0.31 ms](#cell-2)") && markdown.contains("<a id=\"cell-2\"></a>"))
        // A claim fails no run: the invalid trial alone leaves it without a conclusion.
        #expect(summary.exit == 3)
    }

    @Test func claimsAreReadBackAndJudgedAnew() throws {
        var summary = try run()
        let back = try JSONDecoder().decode(Summary.self, from: summary.encoded())
        #expect(back == summary)
        // A planted verdict does not survive.
        for index in summary.claims?.indices ?? 0..<0 { summary.claims?[index].verdict = .holds }
        summary.judge(asReport: true)
        #expect(summary == back)
        let old = try JSONDecoder().decode(Summary.self, from: try Fixture.run().encoded())
        #expect(old.claims == nil)
        // Beside another run each keeps to its own cells.
        let merged = Summary.merged([try Fixture.run(), back])
        #expect(merged.claims?.map(\.verdict) == back.claims?.map(\.verdict))
    }
}

struct LinkTests {
    /// Every figure of the tables leads somewhere, and nothing leads to a file that is not there.
    @Test func filesAreLinkedWhereTheyAre() throws {
        let summary = try Fixture.run()
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("holdfast-links-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let kept = try #require(summary.cells.flatMap(\.trials).first { $0.isJudged })
        let place = folder + "/" + kept.directory
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        try Data("{}".utf8).write(to: URL(fileURLWithPath: place + "/verdict.json"))
        try Reporter.write(summary, to: folder)
        for (name, opening, closing) in [("report.html", "href=\"./", "\""), ("report.md", "](./", ")")] {
            let text = try String(contentsOfFile: folder + "/" + name, encoding: .utf8)
            let links = text.components(separatedBy: opening).dropFirst().compactMap {
                $0.components(separatedBy: closing).first?.removingPercentEncoding
            }
            #expect(links.contains(kept.directory + "/verdict.json"))
            for link in Set(links) { #expect(FileManager.default.fileExists(atPath: folder + "/" + link), "\(link)") }
        }
        let page = try String(contentsOfFile: folder + "/report.html", encoding: .utf8)
        let numbers = page.components(separatedBy: "<td class=\"number\">").dropFirst()
        let bare = numbers.filter { !$0.hasPrefix("<a ") && !$0.hasPrefix("–") }
        // In the cells' own tables of trials only those whose files are there lead on; seeds and numbers of rows are none.
        #expect(numbers.count - bare.count > 100)
    }
}
