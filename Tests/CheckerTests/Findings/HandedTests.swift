import History
import Testing

@testable import Checker

struct HandedTests {
    @Test func anEventWithoutACopyThatWasDeliveredVanished() {
        let story = Story()
        story.attempt(0, 0)
        story.deliver(0, 0, 0)
        let verdict = story.verdict()
        #expect(verdict.group().vanished == 1 && verdict.examples("groups.g.vanished") == ["0/0"])
        #expect(verdict.log.lost == 0 && verdict.judgement == .wrong)
    }

    @Test func oneWithACopyDidNot() {
        let story = Story()
        story.good(0, 0, at: 0)
        story.deliver(0, 0, 0)
        #expect(story.verdict().group().vanished == 0 && story.verdict().group().moved == 0)
    }

    @Test func aDamagedDeliveryIsNoEvent() {
        let story = Story()
        story.attempt(0, 0)
        story.deliver(0, 0, 0, crc: 1)
        #expect(story.verdict().group().vanished == 0 && story.verdict().group().corrupted == 1)
    }

    @Test func whatRetentionTookAfterItsDeliveryDidHappen() {
        let story = Story(retention: true)
        story.attempt(0, 0)
        story.deliver(0, 0, 0)
        story.good(0, 1, at: 1)
        #expect(story.verdict().group().vanished == 0)
        story.deliver(2, 0, 0)
        #expect(story.verdict().group().vanished == 1)
    }

    @Test func anAbortedEventIsNotMissed() {
        let story = Story()
        story.group(readCommitted: true)
        story.attempt(0, 0, transaction: "t")
        story.transaction("t", .aborted)
        story.deliver(0, 0, 0)
        #expect(story.verdict().group().vanished == 0)
    }

    @Test func whoReadsUncommittedAskedForIt() {
        let story = Story()
        story.attempt(0, 0, transaction: "t")
        story.deliver(0, 0, 0)
        #expect(story.verdict().group().vanished == 0)
        story.group(readCommitted: true)
        #expect(story.verdict().group().vanished == 1)
    }

    @Test func aDeliveryWhereNoPassHasAnythingOfAnEventThatIsThereMoved() {
        let story = Story()
        story.good(0, 0, at: 2)
        story.deliver(1, 0, 0)
        story.deliver(1, 0, 0)
        let verdict = story.verdict()
        #expect(verdict.group().moved == 2 && verdict.examples("groups.g.moved") == ["0/0"])
    }

    @Test func whereRetentionHasPassedItDidNot() {
        let story = Story(retention: true)
        story.good(0, 0, at: 2)
        story.deliver(1, 0, 0)
        #expect(story.verdict().group().moved == 0)
    }

    @Test func whereAPassHasSomethingElseItDivergedInstead() {
        let story = Story()
        story.good(0, 0, at: 2)
        story.good(0, 1, at: 3)
        story.deliver(3, 0, 0)
        #expect(story.verdict().group().moved == 0 && story.verdict().log.diverged == 1)
    }

    @Test func whoReadsUncommittedMayBeHandedAnAbortedCopyElsewhere() {
        let story = Story()
        story.attempt(0, 0, transaction: "t")
        story.transaction("t", .aborted)
        story.attempt(0, 0, try: 2)
        story.outcome(.acked, 0, 0, at: 2, try: 2)
        story.entry(2, 0, 0)
        story.deliver(1, 0, 0)
        #expect(story.verdict().group().moved == 0)
        story.group(readCommitted: true)
        #expect(story.verdict().group().moved == 1)
    }
}
