import History
import Testing

@testable import Checker

struct TransactionReadsTests {
    private func story(readCommitted: Bool = true) -> Story {
        let story = Story()
        story.group(readCommitted: readCommitted)
        story.attempt(0, 0, t: 1, transaction: "t")
        story.attempt(0, 1, t: 1, transaction: "t")
        return story
    }

    @Test func anAbortedEventThatWasHandedOverCounts() {
        let story = story()
        story.transaction("t", .aborted)
        story.deliver(0, 0, 0)
        story.deliver(0, 0, 0)
        let verdict = story.verdict()
        #expect(verdict.group().abortedRead == 2 && verdict.examples("groups.g.aborted_read") == ["0/0"])
    }

    @Test func notIfItWasSentOutsideOfTheTransaction() {
        let story = story()
        story.transaction("t", .aborted)
        story.attempt(0, 0, try: 2)
        story.deliver(0, 0, 0)
        #expect(story.verdict().group().abortedRead == 0)
    }

    @Test func whoReadsUncommittedMayBeHandedIt() {
        let story = story(readCommitted: false)
        story.transaction("t", .aborted)
        story.deliver(0, 0, 0)
        #expect(story.verdict().group().abortedRead == 0)
    }

    @Test func beforeTheEndWasAskedForIsEarly() {
        let story = story()
        story.transaction("t", .committed, t: 30, begun: 20)
        story.deliver(0, 0, 0, t: 19)
        story.deliver(1, 0, 1, t: 20)
        story.entry(0, 0, 0)
        story.entry(1, 0, 1)
        #expect(story.verdict().group().earlyRead == 1)
        #expect(story.verdict().examples("groups.g.early_read") == ["0/0"])
    }

    @Test func aTransactionThatSaysNotWhenCannotBeReadEarly() {
        let story = story()
        story.transaction("t", .committed, t: 30)
        story.deliver(0, 0, 0, t: 19)
        #expect(story.verdict().group().earlyRead == 0)
    }

    @Test func oneHandedOverAndOneSkippedIsTorn() {
        let story = story()
        story.transaction("t", .committed)
        story.entry(0, 0, 0)
        story.entry(1, 0, 1)
        story.deliver(0, 0, 0)
        story.end(passed: 1)
        let verdict = story.verdict()
        #expect(verdict.group().tornRead == 1 && verdict.examples("groups.g.torn_read") == ["t"])
    }

    @Test func oneHandedOverAndOneBehindIsNot() {
        let story = story()
        story.transaction("t", .committed)
        story.entry(0, 0, 0)
        story.entry(1, 0, 1)
        story.deliver(0, 0, 0)
        story.end(passed: 0)
        #expect(story.verdict().group().tornRead == 0)
    }
}
