import History
import Testing

@testable import Checker

struct LostTests {
    @Test func nothingIsLostOfNothing() { #expect(Story.empty.log.lost == 0 && Story.empty.loss == Verdict.Loss()) }

    @Test func anAckedEventWithoutACopyIsLost() {
        let story = Story()
        story.publish(0, 0, at: 0)
        let verdict = story.verdict()
        #expect(verdict.log.lost == 1 && verdict.examples("lost") == ["0/0"])
        #expect(verdict.judgement == .wrong)
    }

    @Test func anUnknownOrFailedOneIsNot() {
        let story = Story()
        story.attempt(0, 0)
        story.attempt(0, 1)
        story.outcome(.failed, 0, 1)
        #expect(story.verdict().log.lost == 0 && story.verdict().judgement == .clean)
    }

    @Test func aCopyInOnePassIsEnough() {
        let story = Story()
        story.publish(0, 0, at: 0)
        story.entry(0, 0, 0, passes: [2])
        story.replayEnd(1)
        #expect(story.verdict().log.lost == 0 && story.verdict().log.diverged == 1)
    }

    @Test func retentionExplainsWhatLiesBelowTheLowestLeft() {
        let story = Story(retention: true)
        story.publish(0, 0, at: 4)
        story.good(0, 1, at: 5)
        #expect(story.verdict().log.expired == 1 && story.verdict().log.lost == 0)
        #expect(story.verdict().examples("expired") == ["0/0"])
    }

    @Test func retentionDoesNotExplainWhatLiesAboveIt() {
        let story = Story(retention: true)
        story.good(0, 0, at: 5)
        story.publish(0, 1, at: 6)
        #expect(story.verdict().log.expired == 0 && story.verdict().log.lost == 1)
    }

    @Test func retentionDoesNotExplainAnAckWithoutAPosition() {
        let story = Story(retention: true)
        story.attempt(0, 0)
        story.outcome(.acked, 0, 0)
        #expect(story.verdict().log.lost == 1)
    }

    @Test func everyAckedPositionMustHavePassed() {
        let story = Story(retention: true)
        story.attempt(0, 0)
        story.outcome(.acked, 0, 0, at: 1)
        story.attempt(0, 0, try: 2)
        story.outcome(.acked, 0, 0, at: 9, try: 2)
        story.good(0, 1, at: 5)
        #expect(story.verdict().log.lost == 1 && story.verdict().log.expired == 0)
    }

    @Test func anEmptyStreamHasPassedEverything() {
        let story = Story(retention: true)
        story.publish(0, 0, at: 1 << 60)
        #expect(story.verdict().log.expired == 1)
    }

    @Test func lostEventsAfterAllOthersAreATail() {
        let story = Story()
        story.good(0, 0, at: 0)
        story.publish(0, 1, at: 1)
        story.publish(0, 2, at: 2)
        let loss = story.verdict().loss
        #expect(loss.tailAgents == 1 && loss.holeAgents == 0 && loss.windowNanoseconds == 2)
    }

    @Test func oneBeforeACopyIsAHole() {
        let story = Story()
        story.publish(0, 0, at: 0)
        story.good(0, 1, at: 1)
        story.publish(0, 2, at: 2)
        let loss = story.verdict().loss
        #expect(loss.tailAgents == 0 && loss.holeAgents == 1)
    }

    @Test func aCopyOfAnUnknownEventMakesNoHole() {
        let story = Story()
        story.publish(0, 0, at: 0)
        story.attempt(0, 1)
        story.entry(1, 0, 1)
        #expect(story.verdict().loss.tailAgents == 1)
    }
}
