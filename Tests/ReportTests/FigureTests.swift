import Checker
import History
import Report
import Testing

struct FigureTests {
    private func value(finding: String, in verdict: Verdict) throws -> Figure.Value? {
        try Figure.parse(finding: finding).value(in: verdict, refusedStarts: 0)
    }

    private func value(figure: String, in verdict: Verdict, refusedStarts: Int = 0) throws -> Figure.Value? {
        try Figure.parse(figure: figure).value(in: verdict, refusedStarts: refusedStarts)
    }

    private static let groups: Verdict = Fixture.verdict { verdict in
        var updater = Verdict.GroupFigures()
        updater.undelivered.skipped = 3
        updater.undelivered.behind = 4
        updater.redelivered.acked = 5
        updater.redelivered.unacked = 6
        updater.lag.maxNanoseconds = 7_000
        updater.lag.maxEvents = 8
        var dotted = Verdict.GroupFigures()
        dotted.undelivered.skipped = 9
        dotted.deadLetters = .init()
        dotted.deadLetters?.missing = 2
        verdict.groups = [Name("updater"): updater, Name("audit.v2"): dotted]
        var percentiles = Verdict.Percentiles()
        (percentiles.count, percentiles.p99) = (1, 44)
        verdict.latency.delivery = [Name("updater"): percentiles]
        verdict.latency.turn = percentiles
        verdict.latency.logs = [Name("hot"): percentiles]
        verdict.latency.phases = .init()
        verdict.latency.phases?.during = percentiles
        var hot = Verdict.Availability()
        hot.longestGapNanoseconds = 55
        verdict.availability.logs = [Name("hot"): hot]
    }

    @Test(arguments: [
        ("lost", 1), ("log.lost", 1), ("duplicated", 5), ("duplicated.retried", 2), ("log.duplicated.unexplained", 3),
        ("reordered", 9), ("unexpected", 21), ("unexpected.never_attempted", 7), ("backdated", 11),
        ("log.backdated", 11),
        ("transactions.torn", 12), ("logs.cold.lost", 13), ("logs.*.lost", 13), ("duplicated.*", 3),
    ])
    func findingsOfLogsHaveShortAndFullNamesAndSums(name: String, expected: Int64) throws {
        let verdict = Fixture.verdict(lost: 1) { verdict in
            (verdict.log.duplicated.retried, verdict.log.duplicated.unexplained) = (2, 3)
            (verdict.log.reordered.retried, verdict.log.reordered.unexplained) = (4, 5)
            verdict.log.reordered.maxDisplacement = 1000
            (verdict.log.unexpected.failed, verdict.log.unexpected.neverAttempted) = (6, 7)
            verdict.log.unexpected.foreign = 8
            verdict.log.backdated = 11
            verdict.transactions.torn = 12
            var cold = Verdict().log
            cold.lost = 13
            verdict.logs = [Name("hot"): Verdict().log, Name("cold"): cold]
        }
        #expect(try value(finding: name, in: verdict) == .amount(expected))
    }

    @Test(arguments: [
        ("groups.updater.skipped", 3), ("groups.updater.undelivered.skipped", 3), ("groups.updater.undelivered", 7),
        ("groups.*.skipped", 9), ("groups.audit.v2.skipped", 9), ("groups.audit.v2.undelivered.skipped", 9),
        ("groups.updater.redelivered", 11), ("groups.*.dead_letters.missing", 2),
    ])
    func findingsOfGroupsAreFoundByNameAlsoWithDotsAndByStar(name: String, expected: Int64) throws {
        #expect(try value(finding: name, in: Self.groups) == .amount(expected))
    }

    @Test(arguments: ["groups.nobody.skipped", "groups.updater.dead_letters.missing", "logs.cold.lost"])
    func whatTheVerdictDoesNotHaveHasNoValue(name: String) throws {
        #expect(try value(finding: name, in: Self.groups) == nil)
    }

    @Test(arguments: [
        ("loss.window", 730), ("latency.ack.p99", 2_140_000), ("events.failed", 0), ("agents.damaged", 180),
        ("availability.longest_gap", 3_100_000), ("groups.updater.lag.max", 7_000), ("groups.*.lag.max_events", 8),
        ("latency.delivery.*.p99", 44), ("latency.delivery.updater.p99", 44), ("refused_starts", 2), ("log.lost", 9),
        ("lost", 9), ("log.reordered.max_displacement", 6), ("latency.turn.p99", 44), ("latency.logs.hot.p99", 44),
        ("latency.phases.during.p99", 44), ("availability.logs.hot.longest_gap", 55),
    ])
    func figuresAreDottedPathsOfTheVerdictWithoutNs(name: String, expected: Int64) throws {
        var verdict = Fixture.verdict(lost: 9, window: 730)
        verdict.groups = Self.groups.groups
        verdict.latency = Self.groups.latency
        verdict.latency.ack.p99 = 2_140_000
        verdict.availability.logs = Self.groups.availability.logs
        verdict.log.reordered.maxDisplacement = 6
        #expect(try value(figure: name, in: verdict, refusedStarts: 2) == .amount(expected))
    }

    @Test func recoveryIsTheWorstAndNeverIsWorseThanAny() throws {
        let name = "availability.recovery"
        #expect(try value(figure: name, in: Fixture.verdict(recovery: [5, 900, 7])) == .amount(900))
        #expect(try value(figure: name, in: Fixture.verdict(recovery: [5, nil, 7])) == .never)
        #expect(try value(figure: name, in: Fixture.verdict(recovery: [])) == nil)
        #expect(Figure.Value.amount(.max) < .never)
    }

    @Test func aLatencyOfNothingIsNoFigure() throws {
        #expect(try value(figure: "latency.ack.p99", in: Verdict()) == nil)
        #expect(try value(figure: "latency.ack.count", in: Verdict()) == .amount(0))
    }

    @Test func unknownNamesAreRefusedWithWhatWasMeantAndWhatThereIs() {
        let refusal = #expect(throws: Refusal.self) { try Figure.parse(finding: "log.duplcated") }
        #expect(refusal?.problem == "there is no finding `log.duplcated`")
        #expect(refusal?.remedy.contains("did you mean `duplicated`? there are lost, ") == true)
        let figure = #expect(throws: Refusal.self) { try Figure.parse(figure: "latency.ack.p98") }
        #expect(figure?.remedy.hasPrefix("did you mean `latency.ack.p9") == true)
        #expect(figure?.remedy.contains("availability.recovery") == true)
        for name in ["", ".", "lost.", "groups.skipped", "groups..skipped", "version", "loss", "entries.lost"] {
            #expect(throws: Refusal.self) { try Figure.parse(finding: name) }
        }
    }

    @Test func aFigureUnderFindingAndANanosecondsNameAreToldApart() {
        let finding = #expect(throws: Refusal.self) { try Figure.parse(finding: "loss.window") }
        #expect(finding?.remedy == "write `figure: loss.window`")
        let figure = #expect(throws: Refusal.self) { try Figure.parse(figure: "loss.window_ns") }
        #expect(figure?.remedy == "write `loss.window`: times have units")
    }

    @Test func aStarOverCountsAndTimesIsRefused() {
        let refusal = #expect(throws: Refusal.self) { try Figure.parse(figure: "loss.*") }
        #expect(refusal?.problem == "`loss.*` stands for counts and times at once")
    }
}

struct GlobTests {
    @Test(arguments: [
        ("*", "", true), ("*", "anything", true), ("always*", "always", true), ("always*", "always, xfs", true),
        ("always*", "nalways", false), ("*sec*", "everysec, 2", true), ("a*b*c", "axxbyyc", true),
        ("a*b*c", "axxbyy", false), ("a*ab", "aab", true), ("", "", true), ("", "x", false), ("a.c", "abc", false),
        ("?", "x", false), ("é*", "é1", true),
    ])
    func starsStandForAnyRunOfCharacters(pattern: String, text: String, matches: Bool) {
        #expect(Glob(pattern).matches(text) == matches)
    }

    @Test func namesAreComparedByTheirBytes() {
        #expect(!Glob("\u{E9}").matches("e\u{301}"))
    }
}
