import Checker
import Report
import Testing

struct GateTests {
    private func judged(_ outcome: GateOutcome, _ cells: [Summary.Cell]) -> GateOutcome {
        outcome.gate.judged(over: cells)
    }

    private func losing(_ counts: Int..., configuration: String = "everysec", fault: String = "power-loss")
        -> Summary.Cell
    {
        Fixture.cell(
            configuration, fault,
            counts.enumerated().map {
                Fixture.trial($0 + 1, in: "\(configuration)/\(fault)", verdict: Fixture.verdict(lost: $1))
            })
    }

    @Test func aGatesValueIsTheWorstOverItsTrials() throws {
        let outcome = judged(
            try Fixture.gate("every*", "power-*", finding: "lost", max: "7"),
            [
                losing(3, 7, 5), losing(100, configuration: "always"), losing(100, fault: "none"),
            ])
        #expect(outcome.held == true)
        #expect(outcome.value == .amount(7))
        #expect(outcome.worst?.directory == "trials/everysec/power-loss/2")
        #expect(outcome.judged == 3)
        #expect(judged(try Fixture.gate("*", "power-loss", finding: "lost", max: "6"), [losing(3, 7)]).held == false)
    }

    @Test func aLowerBoundIsJudgedByTheSmallest() throws {
        let outcome = judged(
            try Fixture.gate("*", figure: "events.acked", min: "39000"),
            [
                Fixture.cell(
                    "c", "f", [40_000, 38_000, 41_000].map { Fixture.trial(verdict: Fixture.verdict(acked: $0)) })
            ])
        #expect(outcome.held == false)
        #expect(outcome.value == .amount(38_000))
    }

    @Test func betweenTwoBoundsWhatIsOutsideIsWorst() throws {
        let cell = Fixture.cell("c", "f", [5, 50, 80].map { Fixture.trial(verdict: Fixture.verdict(acked: $0)) })
        let outcome = judged(try Fixture.gate("*", figure: "events.acked", max: "100", min: "10"), [cell])
        #expect(outcome.held == false)
        #expect(outcome.value == .amount(5))
    }

    @Test func neverRecoveredBreaksAnyBoundAndItsValueIsNull() throws {
        let cell = Fixture.cell(
            "c", "f",
            [
                Fixture.trial(1, verdict: Fixture.verdict(recovery: [900_000_000])),
                Fixture.trial(2, verdict: Fixture.verdict(recovery: [nil])),
            ])
        let outcome = judged(try Fixture.gate("*", figure: "availability.recovery", max: "10h"), [cell])
        #expect(outcome.held == false)
        #expect(outcome.value == .never)
        #expect(outcome.worst?.n == 2)
        let least = judged(try Fixture.gate("*", figure: "availability.recovery", min: "1s"), [cell])
        #expect(least.held == false)
    }

    @Test func onlyValidTrialsAreJudged() throws {
        let bad = Fixture.verdict(lost: 5)
        let contradicting = Fixture.verdict(lost: 5) { $0.valid = false }
        let cell = Fixture.cell(
            "c", "f",
            [
                Fixture.trial(1, .invalid, verdict: bad), Fixture.trial(2, .skipped), Fixture.trial(3, .failed),
                Fixture.trial(4, verdict: contradicting), Fixture.trial(5, verdict: Fixture.verdict()),
            ])
        let outcome = judged(try Fixture.gate("*", finding: "lost", max: "0"), [cell])
        #expect(outcome.held == true)
        #expect(outcome.judged == 1)
        #expect(outcome.apart == ["invalid": 2, "skipped": 1, "failed": 1])
    }

    @Test func withoutATrialToJudgeAGateIsNotHeldAndNotBroken() throws {
        let cell = Fixture.cell("c", "f", [Fixture.trial(1, .skipped, reason: "no root")])
        for cells in [[cell], []] {
            let outcome = judged(try Fixture.gate("*", finding: "lost", max: "0"), cells)
            #expect(outcome.held == nil)
            #expect(outcome.value == nil)
            #expect(outcome.worst == nil)
        }
    }

    @Test func trialsInAnExceptedCircumstanceAreCountedApart() throws {
        var pending = Fixture.trial(2, verdict: Fixture.verdict(lost: 9))
        pending.circumstances = [.init(name: "fsync-pending", detail: "")]
        let cell = Fixture.cell("c", "f", [Fixture.trial(1, verdict: Fixture.verdict()), pending])
        let except = judged(try Fixture.gate("*", finding: "lost", max: "0", except: ["fsync-pending"]), [cell])
        #expect(except.held == true)
        #expect(except.apart == ["fsync-pending": 1])
        #expect(judged(try Fixture.gate("*", finding: "lost", max: "0"), [cell]).held == false)
    }

    @Test func latenciesOfSaturatedTrialsAreComparedWithNothing() throws {
        let cell = Fixture.cell("c", "f", [Fixture.trial(saturated: true, verdict: Fixture.verdict(lost: 1))])
        let latency = judged(try Fixture.gate("*", figure: "latency.ack.p99", max: "1ms"), [cell])
        #expect(latency.held == nil)
        #expect(latency.apart == ["saturated": 1])
        #expect(judged(try Fixture.gate("*", finding: "lost", max: "0"), [cell]).held == false)
    }

    @Test func trialsWithoutTheFigureAreSaidToBe() throws {
        let outcome = judged(try Fixture.gate("*", figure: "availability.recovery", max: "1s"), [losing(0)])
        #expect(outcome.held == nil)
        #expect(outcome.apart == ["without this figure": 1])
    }

    @Test func boundsMustBeOfTheFiguresUnit() throws {
        let time = #expect(throws: Refusal.self) { try Fixture.gate("*", figure: "loss.window", max: "2") }
        #expect(time?.description == "`loss.window` is a time, `max: 2` a number; give the unit, such as `max: 2s`")
        let count = #expect(throws: Refusal.self) { try Fixture.gate("*", finding: "lost", max: "2s") }
        #expect(count?.description == "`lost` is a count, `max: 2s` a time; write a whole number, such as `max: 0`")
        #expect(throws: Refusal.self) { try Fixture.gate("*", finding: "lost") }
        #expect(throws: Refusal.self) { try Fixture.gate("*", finding: "lost", max: "1", min: "2") }
    }

    @Test func aControlIsFoundIfEachCellThatRanHasItOnce() throws {
        let control = try Fixture.control("no*", "power-loss", "lost").control
        func found(_ cells: Summary.Cell...) -> Bool? { control.judged(over: cells).found }
        let (none, other) = ("no persistence", "no AOF")
        #expect(found(losing(0, 4, configuration: none)) == true)
        #expect(found(losing(0, 0, configuration: none)) == false)
        #expect(found(losing(4, configuration: none), losing(0, configuration: other)) == false)
        #expect(
            found(losing(4, configuration: none), Fixture.cell(other, "power-loss", [Fixture.trial(1, .skipped)]))
                == true)
        #expect(
            found(Fixture.cell(none, "power-loss", [Fixture.trial(1, .invalid, verdict: Fixture.verdict(lost: 4))]))
                == nil)
        #expect(found(losing(4, configuration: "everysec")) == nil)
    }
}

struct ExitTests {
    private enum Trouble: CaseIterable { case failed, broken, invalid, toothless }

    private func exit(_ troubles: [Trouble], edit: (inout Summary) -> Void = { _ in }) throws -> Int32 {
        var summary = Summary()
        summary.cells = [Fixture.cell("c", "f", [Fixture.trial(1, verdict: Fixture.verdict(lost: 1))])]
        summary.gates = [try Fixture.gate("c", finding: "lost", max: troubles.contains(.broken) ? "0" : "1")]
        summary.controls = [try Fixture.control("c", "f", troubles.contains(.toothless) ? "corrupted" : "lost")]
        if troubles.contains(.failed) { summary.cells[0].trials.append(Fixture.trial(2, .failed)) }
        if troubles.contains(.invalid) { summary.cells[0].trials.append(Fixture.trial(3, .invalid)) }
        edit(&summary)
        summary.judge()
        return summary.exit
    }

    @Test func theHarnessFailingComesBeforeABrokenGateBeforeNoConclusion() throws {
        #expect(try exit([]) == 0)
        #expect(try exit([.failed, .broken, .invalid, .toothless]) == 4)
        #expect(try exit([.broken, .invalid, .toothless]) == 1)
        #expect(try exit([.broken]) == 1)
        #expect(try exit([.invalid]) == 3)
        #expect(try exit([.toothless]) == 3)
        #expect(try exit([]) { $0.failure = "the disk is full" } == 4)
    }

    @Test func skipsCountOnlyWhenAskedToOrWhenNothingRan() throws {
        let skipped = Fixture.trial(4, .skipped)
        #expect(try exit([]) { $0.cells[0].trials.append(skipped) } == 0)
        #expect(
            try exit([]) {
                $0.cells[0].trials.append(skipped)
                $0.noSkips = true
            } == 3)
        #expect(try exit([]) { $0.cells[0].trials = [skipped] } == 3)
        #expect(try exit([]) { $0.cells = [] } == 3)
    }

    @Test func aSignalEndsTheRunWithItsNumberAndLeavesAReportWithoutConclusion() throws {
        #expect(try exit([.broken]) { $0.interruptedBy = 2 } == 130)
        #expect(try exit([.failed]) { $0.interruptedBy = 15 } == 143)
        var summary = try Fixture.run()
        summary.gates = []
        summary.interruptedBy = 2
        summary.judge(asReport: true)
        #expect(summary.exit == 3)
    }

    @Test func aRunThatWasKilledHalfWayAllowsNoConclusion() throws {
        #expect(try exit([]) { $0.planned = 1 } == 0)
        #expect(try exit([]) { $0.planned = 2 } == 3)
        var summary = try Fixture.run()
        summary.gates = []
        summary.planned = summary.cells.reduce(2) { $0 + $1.trials.count }
        summary.judge(asReport: true)
        #expect(summary.missing == 2 && summary.exit == 3)
        let read = try Summary.decoded(from: try summary.encoded(), path: "summary.json")
        #expect(read.missing == 2)
    }
}
