import History
import Testing

@testable import Checker

struct UnexpectedTests {
    @Test func nothingIsUnexpectedInNothing() { #expect(Story.empty.log.unexpected == Verdict.Unexpected()) }

    @Test func aCopyOfAFailedEventIs() {
        let story = Story()
        story.attempt(0, 0)
        story.outcome(.failed, 0, 0)
        story.entry(0, 0, 0)
        story.entry(1, 0, 0)
        let verdict = story.verdict()
        #expect(verdict.log.unexpected.failed == 2 && verdict.examples("unexpected.failed") == ["0/0"])
        #expect(verdict.log.duplicated == Verdict.Duplicated())
    }

    @Test func aCopyOfOneThatFailedFirstAndWasAckedThenIsNot() {
        let story = Story()
        story.attempt(0, 0)
        story.outcome(.failed, 0, 0)
        story.attempt(0, 0, try: 2)
        story.outcome(.acked, 0, 0, at: 0, try: 2)
        story.entry(0, 0, 0)
        #expect(story.verdict().judgement == .clean)
    }

    @Test func whatNobodyAttemptedIs() {
        let story = Story()
        story.good(0, 0, at: 0)
        story.entry(1, 0, 1)
        story.entry(2, 7, 0)
        let verdict = story.verdict()
        #expect(verdict.log.unexpected.neverAttempted == 2 && verdict.agents.damaged == 1)
        #expect(verdict.examples("unexpected.never_attempted") == ["s@1", "s@2"])
    }

    @Test func aHoleAmongDenseSeqsWasAttemptedByNobody() {
        let story = Story()
        story.good(0, 0, at: 0)
        story.good(0, 2, at: 2)
        story.entry(1, 0, 1)
        #expect(story.verdict().log.unexpected.neverAttempted == 1)
    }

    @Test func anotherRunIsForeign() {
        let story = Story()
        story.good(0, 0, at: 0)
        story.entry(1, 0, 0, run: "another")
        let verdict = story.verdict()
        #expect(verdict.log.unexpected.foreign == 1 && verdict.agents.intact == 1)
        #expect(verdict.examples("unexpected.foreign") == ["s@1"])
    }

    @Test func inAnOwnLogOthersEventsAreNobodys() {
        let main = History.Log(name: Name("main"), streams: [Name("s")])
        var own = History.Log(name: Name("own"), streams: [Name("o")])
        own.own = true
        let story = Story(logs: [main, own])
        story.good(0, 0, at: 0)
        story.entry(0, 0, 0, in: "o")
        let verdict = story.verdict()
        #expect(verdict.log.unexpected == Verdict.Unexpected())
        #expect(verdict.logs?[Name("own")]?.unexpected.neverAttempted == 1)
        #expect(verdict.examples("logs.own.unexpected.never_attempted") == ["o@0"])
    }
}
