import History
import Testing

@testable import Checker

struct ReorderedTests {
    @Test func nothingIsReorderedInNothing() { #expect(Story.empty.log.reordered == Verdict.Reordered()) }

    private func story(_ order: [Int64], retries: String = "until-acked") -> Story {
        let story = Story(retries: retries)
        for (position, seq) in order.enumerated() { story.good(0, seq, at: UInt64(position)) }
        return story
    }

    @Test func whatStandsBehindALaterSeqIs() {
        let verdict = story([3, 0, 1, 2]).verdict()
        #expect(verdict.log.reordered.unexplained == 3 && verdict.log.reordered.maxDisplacement == 3)
        #expect(verdict.examples("reordered.unexplained") == ["0/0", "0/1", "0/2"])
        #expect(verdict.agents.repairable == 1)
    }

    @Test func theOrderOfSeqsIsNot() { #expect(story([0, 1, 2, 3]).verdict().log.reordered == Verdict.Reordered()) }

    @Test func aLaterCopyDoesNotCount() {
        let story = story([0, 1, 2])
        story.entry(9, 0, 0)
        #expect(story.verdict().log.reordered == Verdict.Reordered())
    }

    @Test func anotherAgentDoesNotCount() {
        let story = Story()
        story.good(0, 5, at: 0)
        story.good(1, 0, at: 1)
        #expect(story.verdict().log.reordered == Verdict.Reordered())
    }

    @Test func moreThanOneAttemptExplainsIt() {
        let story = Story()
        story.good(0, 1, at: 0)
        story.attempt(0, 0)
        story.outcome(.failed, 0, 0)
        story.attempt(0, 0, try: 2)
        story.outcome(.acked, 0, 0, at: 1, try: 2)
        story.entry(1, 0, 0)
        let verdict = story.verdict()
        #expect(verdict.log.reordered.retried == 1 && verdict.log.reordered.unexplained == 0)
        #expect(verdict.log.reordered.maxDisplacement == 1)
    }

    @Test func aClientThatRetriesByItselfExplainsIt() {
        #expect(story([1, 0], retries: "client").verdict().log.reordered.retried == 1)
    }

    @Test func twoEventsAtOnePositionDoNotStandBehindEachOther() {
        let story = Story()
        story.publish(0, 0, at: 0)
        story.publish(0, 1, at: 0)
        story.entry(0, 0, 1, passes: [1])
        story.entry(0, 0, 0, passes: [2])
        #expect(story.verdict().log.reordered == Verdict.Reordered())
    }

    @Test func inAnOwnLogNothingIs() {
        var own = History.Log(name: Name("own"), streams: [Name("s")])
        own.own = true
        let story = Story(logs: [own])
        story.good(0, 1, at: 0)
        story.good(0, 0, at: 1)
        #expect(story.verdict().log.reordered == Verdict.Reordered())
    }

    @Test func seqsAtBothEndsOfTheirRangeAreDisplacedByAllOfIt() {
        #expect(story([.max, 0]).verdict().log.reordered.maxDisplacement == .max)
    }
}
