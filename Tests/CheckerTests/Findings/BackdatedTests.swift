import History
import Testing

@testable import Checker

struct BackdatedTests {
    @Test func nothingIsBackdatedInNothing() { #expect(Story.empty.log.backdated == 0) }

    private func story(began: Int64, at position: UInt64, entries: Bool = true) -> Story {
        let story = Story()
        story.attempt(0, 0, t: 1)
        story.outcome(.acked, 0, 0, at: 3, t: 4)
        story.attempt(1, 0, t: began)
        story.outcome(.acked, 1, 0, at: position, t: 9)
        if entries {
            story.entry(position, 1, 0)
            if position != 3 { story.entry(3, 0, 0) }
        }
        return story
    }

    @Test func anAttemptBegunAfterAHigherPositionWasKnownIs() {
        let verdict = story(began: 5, at: 2).verdict()
        #expect(verdict.log.backdated == 1 && verdict.examples("backdated") == ["1/0#1"])
    }

    @Test func theSamePositionIsEnough() { #expect(story(began: 5, at: 3).verdict().log.backdated == 1) }

    @Test func positionsThatNoPassHasCountAsWell() {
        #expect(story(began: 5, at: 2, entries: false).verdict().log.backdated == 1)
    }

    @Test func aHigherPositionIsNot() { #expect(story(began: 5, at: 4).verdict().log.backdated == 0) }

    @Test func beginningAtTheSameMomentIsNot() { #expect(story(began: 4, at: 2).verdict().log.backdated == 0) }

    @Test func anotherStreamIsNot() {
        let story = Story()
        story.publish(0, 0, at: 3)
        story.publish(1, 0, at: 2, in: "other")
        #expect(story.verdict().log.backdated == 0)
    }

    @Test func positionsWithAndWithoutAnEntryAreOneOrder() {
        let story = Story()
        story.good(0, 0, at: 5)
        story.publish(0, 1, at: 4)
        story.publish(0, 2, at: 6)
        story.good(0, 3, at: 3)
        #expect(story.verdict().examples("backdated") == ["0/1#1", "0/3#1"])
    }
}
