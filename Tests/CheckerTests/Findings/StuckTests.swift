import History
import Testing

@testable import Checker

struct StuckTests {
    private func story() -> Story {
        let story = Story()
        for seq: Int64 in 0..<3 {
            story.good(0, seq, at: UInt64(seq))
            story.deliver(UInt64(seq), 0, seq)
        }
        return story
    }

    @Test func nothingIsStuckInNothing() {
        let story = Story()
        story.end(passed: nil)
        #expect(story.verdict().group() == .nothing)
    }

    @Test func pendingAndUnackedAfterWhatWasPassedAre() {
        let story = story()
        story.progress(.ack, 2)
        story.end(passed: 0, pending: [0])
        let verdict = story.verdict()
        #expect(verdict.group().stuck == 2 && verdict.examples("groups.g.stuck") == ["s@0", "s@1"])
        #expect(verdict.judgement == .clean)
    }

    @Test func aPendingPositionCountsOnceAndUndeliveredToo() {
        let story = story()
        story.end(passed: 2, pending: [7, 7, 1, 1])
        #expect(story.verdict().examples("groups.g.stuck") == ["s@1", "s@7"])
    }

    @Test func withoutAnEndNeitherAckNorCommitIs() {
        let story = story()
        story.progress(.commit, 1)
        story.progress(.ack, 2)
        #expect(story.verdict().examples("groups.g.stuck") == ["s@1"])
    }

    @Test func whatWasPassedIsNot() {
        let story = story()
        story.end(passed: 2)
        #expect(story.verdict().group().stuck == 0)
    }

    @Test func anAckThatIsPendingAtTheEndIsLost() {
        let story = story()
        story.progress(.ack, 1)
        story.progress(.ack, 9)
        story.end(passed: 2, pending: [1, 9])
        #expect(story.verdict().examples("groups.g.acks_lost") == ["s@1", "s@9"])
    }

    @Test func aCommitBeyondWhatWasPassedIsLost() {
        let story = story()
        story.progress(.commit, 2)
        story.end(passed: 0)
        #expect(story.verdict().examples("groups.g.acks_lost") == ["s@1"])
        #expect(story.verdict().group().stuck == 2)
    }

    @Test func withoutAnEndNoAckIsSeenToBeLost() {
        let story = story()
        story.progress(.commit, 2)
        story.progress(.ack, 1)
        #expect(story.verdict().group().acksLost == 0)
    }

    @Test func anAckThatWasKeptIsNot() {
        let story = story()
        for position: UInt64 in 0..<3 { story.progress(.ack, position) }
        story.end(passed: 2)
        #expect(story.verdict().group().acksLost == 0 && story.verdict().group().stuck == 0)
    }
}
