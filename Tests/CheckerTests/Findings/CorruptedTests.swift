import History
import Testing

@testable import Checker

struct CorruptedTests {
    @Test func nothingIsCorruptedInNothing() { #expect(Story.empty.log.corrupted == 0) }

    @Test func anotherChecksumIsCorruptedAndNoCopy() {
        let story = Story()
        story.publish(0, 0, at: 3)
        story.entry(3, 0, 0, crc: 1)
        let verdict = story.verdict()
        #expect(verdict.log.corrupted == 1 && verdict.log.lost == 1 && verdict.agents.damaged == 1)
        #expect(verdict.examples("corrupted") == ["s@3"])
    }

    @Test func whatCannotBeReadIsCorruptedWhateverRunItNames() {
        let story = Story()
        story.unreadable(0, run: "another")
        let log = story.verdict().log
        #expect(log.corrupted == 1 && log.unexpected.foreign == 0 && log.entries == 1)
    }

    @Test func theRightChecksumIsNot() {
        let story = Story()
        story.good(0, 0, at: 0)
        #expect(story.verdict().log.corrupted == 0)
    }

    @Test func anotherChecksumOfAnotherRunIsForeignOnly() {
        let story = Story()
        story.publish(0, 0, at: 0)
        story.entry(0, 0, 0)
        story.entry(1, 0, 0, crc: 1, run: "another")
        let log = story.verdict().log
        #expect(log.corrupted == 0 && log.unexpected.foreign == 1)
    }
}
