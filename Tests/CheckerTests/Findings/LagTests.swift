import History
import Testing

@testable import Checker

struct LagTests {
    /// Events acked at the first times and delivered at the second, or never.
    private func lag(_ events: [(acked: Int64?, delivered: Int64?)]) -> Verdict.GroupFigures.Lag {
        let story = Story()
        story.group()
        for (seq, event) in events.enumerated() {
            story.attempt(0, Int64(seq), t: 0)
            if let ack = event.acked { story.outcome(.acked, 0, Int64(seq), at: UInt64(seq), t: ack) }
            story.entry(UInt64(seq), 0, Int64(seq))
            if let delivered = event.delivered { story.deliver(UInt64(seq), 0, Int64(seq), t: delivered) }
        }
        return story.verdict().group().lag
    }

    @Test func nothingWaitsInNothing() { #expect(lag([]) == .init()) }

    @Test func theMostThatWaitAtOneMoment() {
        #expect(lag([(2, 5), (4, 26), (6, nil)]) == .init(maxEvents: 2, maxNanoseconds: 22))
    }

    @Test func aWaitEndsBeforeAnotherBeginsAtTheSameMoment() {
        #expect(lag([(2, 5), (5, 9)]).maxEvents == 1)
    }

    @Test func whoWasDeliveredBeforeTheAckNeverWaits() {
        #expect(lag([(5, 3), (8, 8)]) == .init(maxEvents: 0, maxNanoseconds: 0))
    }

    @Test func anEventWithoutAnAckWaitsFromItsFirstAttemptAndCountsNowhere() {
        #expect(lag([(nil, 7)]) == .init(maxEvents: 0, maxNanoseconds: 7))
    }

    @Test func inAnOwnLogTheFirstAttemptIsTheFirstToIt() {
        var own = History.Log(name: Name("own"), streams: [Name("o")])
        own.own = true
        let story = Story(logs: [History.Log(name: Name("main"), streams: [Name("s")]), own])
        story.group(log: "own")
        story.attempt(0, 0, t: 0)
        story.attempt(0, 0, t: 10, log: 1)
        story.deliver(0, 0, 0, t: 14, in: "o")
        #expect(story.verdict().group().lag.maxNanoseconds == 4)
    }

    @Test func latecomersAmongManyAreCountedInTime() {
        var events: [(Int64?, Int64?)] = (0..<100).map { (Int64($0), Int64($0 + 10)) }
        events.append((1000, 3))
        events.append((50, nil))
        #expect(lag(events) == .init(maxEvents: 11, maxNanoseconds: 10))
    }

    @Test func theFirstAttemptIsFirstByTimeAndNotInTheFile() {
        let story = Story()
        story.attempt(0, 0, try: 2, t: 50)
        story.attempt(0, 0, t: 10)
        story.deliver(0, 0, 0, t: 60)
        #expect(story.verdict().group().lag.maxNanoseconds == 50)
    }
}
