import History
import Testing

@testable import Checker

struct UndeliveredTests {
    @Test func nothingIsUndeliveredOfNothing() {
        let story = Story()
        story.group()
        #expect(story.verdict().groups.count == 1 && story.verdict().group() == .nothing)
    }

    /// Three events at 0, 1 and 2, of which the group was handed the first.
    private func story() -> Story {
        let story = Story()
        for seq: Int64 in 0..<3 { story.good(0, seq, at: UInt64(seq)) }
        story.deliver(0, 0, 0)
        return story
    }

    @Test func whatWasPassedIsSkippedAndTheRestBehind() {
        let story = story()
        story.end(passed: 1)
        let verdict = story.verdict()
        #expect(verdict.group().undelivered == .init(skipped: 1, behind: 1) && verdict.judgement == .wrong)
        #expect(verdict.examples("groups.g.undelivered.skipped") == ["0/1"])
        #expect(verdict.examples("groups.g.undelivered.behind") == ["0/2"])
    }

    @Test func whatIsPendingIsBehind() {
        let story = story()
        story.end(passed: 1, pending: [1])
        #expect(story.verdict().group().undelivered == .init(skipped: 0, behind: 2))
        #expect(story.verdict().judgement == .clean)
    }

    @Test func withoutAnEndTheHighestCommitSaysWhatWasPassed() {
        let story = story()
        story.progress(.commit, 2)
        story.progress(.commit, 1)
        #expect(story.verdict().group().undelivered == .init(skipped: 1, behind: 1))
    }

    @Test func withNeitherNothingWasPassed() {
        #expect(story().verdict().group().undelivered == .init(skipped: 0, behind: 2))
    }

    @Test func anEndThatPassedNothingOverridesACommit() {
        let story = story()
        story.progress(.commit, 2)
        story.end(passed: nil)
        #expect(story.verdict().group().undelivered == .init(skipped: 0, behind: 2))
    }

    @Test func eachCopyMustHavePassed() {
        let story = story()
        story.entry(9, 0, 1)
        story.end(passed: 5)
        #expect(story.verdict().group().undelivered == .init(skipped: 1, behind: 1))
        #expect(story.verdict().examples("groups.g.undelivered.skipped") == ["0/2"])
    }

    @Test func aDamagedDeliveryIsNone() {
        let story = story()
        story.deliver(1, 0, 1, crc: 1)
        story.end(passed: 2)
        #expect(story.verdict().group().undelivered.skipped == 2)
    }

    @Test func anExpiredEventThatWasNeverSeenCounts() {
        let story = Story(retention: true)
        story.publish(0, 0, at: 0)
        story.publish(0, 1, at: 1)
        story.good(0, 2, at: 2)
        story.deliver(1, 0, 1)
        let verdict = story.verdict()
        #expect(verdict.group().expiredUnseen == 1 && verdict.examples("groups.g.expired_unseen") == ["0/0"])
        #expect(verdict.group().vanished == 0)
    }

    /// A group that was handed little of much is counted in another way than one that was handed all.
    @Test(arguments: [0, 40, 199]) func ofManyEventsAFewAreCountedLikeAll(_ passed: UInt64) {
        let story = Story()
        for seq: Int64 in 0..<200 { story.good(seq % 3, seq / 3, at: UInt64(seq), in: "s\(seq % 3)") }
        story.entry(250, 0, 1, in: "s0")
        let handed: [Int64] = [0, 6, 30, 150]
        let pending: [UInt64] = [9, 27, 27, 180]
        for seq in handed { story.deliver(UInt64(seq), seq % 3, seq / 3, in: "s\(seq % 3)") }
        story.end(in: "s0", passed: passed, pending: pending)
        story.end(in: "s1", passed: nil)
        let skipped = (0..<Int64(200)).filter { seq in
            seq % 3 == 0 && UInt64(seq) <= passed && seq != 3 && !handed.contains(seq) && !pending.contains(UInt64(seq))
        }
        let verdict = story.verdict()
        #expect(verdict.group().undelivered == .init(skipped: skipped.count, behind: 196 - skipped.count))
        #expect(verdict.examples("groups.g.undelivered.skipped") == skipped.map { "0/\($0 / 3)" })
        #expect(verdict.examples("groups.g.undelivered.behind").count == 100)
    }
}
