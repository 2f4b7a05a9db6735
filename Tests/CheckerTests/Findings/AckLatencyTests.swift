import History
import Testing

@testable import Checker

struct AckLatencyTests {
    @Test func nothingHasNone() { #expect(Story.empty.latency.ack == .init()) }

    @Test func theEarliestAckLessTheIntendedTime() {
        let story = Story()
        story.attempt(0, 0, t: 10, intended: 4)
        story.outcome(.acked, 0, 0, at: 1, t: 60)
        story.attempt(0, 0, try: 2, t: 20, intended: 3)
        story.outcome(.acked, 0, 0, at: 0, try: 2, t: 50)
        #expect(story.verdict().latency.ack.max == 47 && story.verdict().latency.ack.count == 1)
    }

    @Test func anUnansweredEventHasNone() {
        let story = Story()
        story.attempt(0, 0)
        #expect(story.verdict().latency.ack.count == 0)
    }

    @Test func acksOfAnotherLogThanItsHomeDoNotCount() {
        let logs = ["hot", "cold"].map { History.Log(name: Name($0), streams: [Name($0)]) }
        let story = Story(logs: logs)
        story.attempt(0, 0, t: 1, intended: 0, log: 0)
        story.attempt(0, 0, t: 2, log: 1)
        story.outcome(.acked, 0, 0, at: 0, t: 9, in: "cold", log: 1)
        #expect(story.verdict().latency.ack.count == 0)
        story.outcome(.acked, 0, 0, at: 0, t: 20, in: "hot", log: 0)
        #expect(story.verdict().latency.ack.max == 20)
    }

    @Test func aTransactionsEventIsAckedWithIt() {
        let story = Story()
        story.attempt(0, 0, t: 1, intended: 0, transaction: "t")
        story.outcome(.acked, 0, 0, at: 0, t: 5)
        story.transaction("t", .committed, t: 30)
        #expect(story.verdict().latency.ack.max == 30 && story.verdict().availability.longestGapNanoseconds == 4)
    }
}
