import History
import Testing

@testable import Checker

struct TornTransactionsTests {
    @Test func nothingIsTornInNothing() { #expect(Story.empty.transactions == Verdict.Transactions()) }

    private func story(_ state: End, present: [Int64]) -> Story {
        let story = Story()
        for seq: Int64 in 0..<2 { story.attempt(0, seq, transaction: "t") }
        switch state {
        case .committed: story.transaction("t", .committed)
        case .aborted: story.transaction("t", .aborted)
        case .open: break
        }
        for seq in present { story.entry(UInt64(seq), 0, seq) }
        return story
    }

    private enum End { case committed, aborted, open }

    @Test func halfOfACommittedOneIs() {
        let verdict = story(.committed, present: [1]).verdict()
        #expect(verdict.transactions == .init(committed: 1, torn: 1) && verdict.examples("transactions.torn") == ["t"])
    }

    @Test func halfOfOneThatNeverEndedIs() {
        #expect(story(.open, present: [0]).verdict().transactions == .init(unknown: 1, torn: 1))
    }

    @Test func allOrNothingIsNot() {
        #expect(story(.committed, present: [0, 1]).verdict().transactions.torn == 0)
        #expect(story(.open, present: []).verdict().transactions.torn == 0)
    }

    @Test func anEventThatWasSentElsewhereSaysNothing() {
        let story = story(.committed, present: [0])
        story.attempt(0, 1, try: 2)
        #expect(story.verdict().transactions.torn == 0)
    }

    @Test func aFailedAttemptSaysNothing() {
        let story = story(.committed, present: [0])
        story.outcome(.failed, 0, 1)
        #expect(story.verdict().transactions.torn == 0)
    }

    @Test func anyEventOfAnAbortedOneIsLeaked() {
        let verdict = story(.aborted, present: [1]).verdict()
        #expect(verdict.transactions == .init(aborted: 1, leaked: 1))
        #expect(verdict.examples("transactions.leaked") == ["t"] && verdict.log.unexpected.failed == 1)
    }

    @Test func unlessItWasSentElsewhere() {
        let story = story(.aborted, present: [1])
        story.attempt(0, 1, try: 2)
        #expect(story.verdict().transactions.leaked == 0)
    }

    @Test func anEventThatRetentionMayHaveTakenSaysNothing() {
        for retention in [false, true] {
            let story = Story(retention: retention)
            for seq: Int64 in 0..<2 { story.attempt(0, seq, transaction: "t") }
            story.outcome(.acked, 0, 0, at: 3)
            story.outcome(.acked, 0, 1, at: 4)
            story.transaction("t", .committed)
            story.entry(4, 0, 1)
            #expect(story.verdict().transactions.torn == (retention ? 0 : 1))
        }
    }
}
