import History
import Testing

@testable import Checker

struct MisplacedTests {
    @Test func nothingIsMisplacedInNothing() { #expect(Story.empty.log.misplaced == 0) }

    @Test func aCopyElsewhereOnlyIs() {
        let story = Story()
        story.publish(0, 0, at: 1)
        story.entry(2, 0, 0)
        #expect(story.verdict().log.misplaced == 1 && story.verdict().examples("misplaced") == ["0/0"])
    }

    @Test func aCopyElsewhereTooIsNot() {
        let story = Story()
        story.good(0, 0, at: 1)
        story.entry(0, 0, 0)
        #expect(story.verdict().log.misplaced == 0)
    }

    @Test func oneOfTwoAckedPositionsIsEnough() {
        let story = Story()
        story.attempt(0, 0)
        story.outcome(.acked, 0, 0, at: 3)
        story.attempt(0, 0, try: 2)
        story.outcome(.acked, 0, 0, at: 8, try: 2)
        story.entry(8, 0, 0)
        #expect(story.verdict().log.misplaced == 0)
    }

    @Test func whatRetentionHasPassedMayHaveBeenRight() {
        let story = Story(retention: true)
        story.publish(0, 0, at: 1)
        story.entry(2, 0, 0)
        #expect(story.verdict().log.misplaced == 0)
    }

    @Test func withoutACopyItIsLostAndNotMisplaced() {
        let story = Story()
        story.publish(0, 0, at: 1)
        #expect(story.verdict().log.misplaced == 0)
    }
}
