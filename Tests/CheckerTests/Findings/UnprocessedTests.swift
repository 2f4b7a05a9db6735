import History
import Testing

@testable import Checker

struct UnprocessedTests {
    private func story(processing: Bool = true, passed: UInt64 = 0, pending: [UInt64] = []) -> Story {
        let story = Story()
        story.group(processing: processing)
        story.good(0, 0, at: 0)
        story.deliver(0, 0, 0)
        story.progress(.ack, 0)
        story.end(passed: passed, pending: pending)
        return story
    }

    @Test func ofNothingNothingIs() {
        let story = Story()
        story.group(processing: true)
        #expect(story.verdict().group().unprocessed == 0)
    }

    @Test func whatWasPassedWithoutARecordIs() {
        let verdict = story().verdict()
        #expect(verdict.group().unprocessed == 1 && verdict.examples("groups.g.unprocessed") == ["0/0"])
    }

    @Test func aRecordAtAnyTimeWillDo() {
        let story = story()
        story.progress(.processed, 0, t: 0)
        #expect(story.verdict().group().unprocessed == 0)
    }

    @Test func aRecordWhereItWasNotDeliveredWillNot() {
        let story = story()
        story.entry(7, 0, 0)
        story.end(in: "other", passed: nil)
        story.progress(.processed, 7)
        #expect(story.verdict().group().unprocessed == 0)
        story.history.groupEnds[0].passed?.major = 7
        #expect(story.verdict().group().unprocessed == 1)
        story.deliver(7, 0, 0)
        #expect(story.verdict().group().unprocessed == 0)
    }

    @Test func whatIsPendingMayStillBe() {
        #expect(story(pending: [0]).verdict().group().unprocessed == 0)
    }

    @Test func aGroupThatKeepsNoRecordsHasNone() {
        #expect(story(processing: false).verdict().group().unprocessed == 0)
    }
}
