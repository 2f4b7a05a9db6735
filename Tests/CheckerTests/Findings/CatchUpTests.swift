import History
import Testing

@testable import Checker

struct CatchUpTests {
    /// Events acked at the first times and delivered at the second, or never.
    private func told(_ events: [(acked: Int64, delivered: Int64?)]) -> Story {
        let story = Story()
        story.group()
        for (seq, event) in events.enumerated() {
            story.attempt(0, Int64(seq), t: 0)
            story.outcome(.acked, 0, Int64(seq), at: UInt64(seq), t: event.acked)
            story.entry(UInt64(seq), 0, Int64(seq))
            if let delivered = event.delivered { story.deliver(UInt64(seq), 0, Int64(seq), t: delivered) }
        }
        return story
    }

    @Test func whoHasNothingToCatchUpWithIsThere() {
        #expect(told([]).verdict().group().catchUpNanoseconds == 0)
        #expect(told([(5, 3)]).verdict().group().catchUpNanoseconds == 0)
    }

    @Test func withoutAFaultItIsFromTheLastAck() {
        #expect(told([(1, 90), (20, 30)]).verdict().group().catchUpNanoseconds == 70)
    }

    @Test func withAFaultItIsFromItsEndElseFromItsEffect() {
        let story = told([(1, 40), (10, 55), (30, 99)])
        story.fault(1, .begin, t: 60)
        #expect(story.verdict().group().catchUpNanoseconds == 69)
        story.fault(1, .effect, t: 20)
        #expect(story.verdict().group().catchUpNanoseconds == 35)
        story.fault(2, .effect, t: 5)
        story.fault(2, .end, t: 25)
        #expect(story.verdict().group().catchUpNanoseconds == 30)
        story.fault(1, .end, t: 30)
        #expect(story.verdict().group().catchUpNanoseconds == 69)
    }

    @Test func whoNeverGetsOneNeverCatchesUp() {
        #expect(told([(1, 2), (3, nil)]).verdict().group().catchUpNanoseconds == nil)
        // It came after the trouble.
        let story = told([(1, 2), (30, nil)])
        story.fault(1, .effect, t: 10)
        #expect(story.verdict().group().catchUpNanoseconds == 0)
    }

    @Test func aLostEventIsNotWaitedFor() {
        let story = told([(1, 2)])
        story.attempt(0, 1, t: 3)
        story.outcome(.acked, 0, 1, at: 1, t: 4)
        #expect(story.verdict().group().catchUpNanoseconds == 0)
        story.deliver(1, 0, 1, t: 9)
        #expect(story.verdict().group().catchUpNanoseconds == 5)
        // And having it makes up for nothing else.
        story.good(0, 2, at: 2)
        #expect(story.verdict().group().catchUpNanoseconds == nil)
    }

    @Test func neverIsWrittenAsNull() {
        let text = told([(1, nil)]).verdict().json.compact
        #expect(text.contains(#""catch_up_ns":null"#))
    }
}
