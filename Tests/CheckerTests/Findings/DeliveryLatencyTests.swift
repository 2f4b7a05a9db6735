import History
import Testing

@testable import Checker

struct DeliveryLatencyTests {
    @Test func aGroupThatWasHandedNothingHasNone() {
        let story = Story()
        story.group()
        #expect(story.verdict().latency.delivery == [.init("g"): .init()])
    }

    @Test func theFirstIntactDeliveryLessTheIntendedTime() {
        let story = Story()
        story.attempt(0, 0, t: 5, intended: 2)
        story.outcome(.acked, 0, 0, at: 0)
        story.entry(0, 0, 0)
        story.deliver(0, 0, 0, t: 20, crc: 1)
        story.deliver(0, 0, 0, t: 40)
        story.deliver(0, 0, 0, t: 30)
        let latency = story.verdict().latency.delivery[.init("g")]
        #expect(latency?.count == 1 && latency?.max == 28 && latency?.p50 == 28)
    }

    @Test func anIntendedTimeLongAgoStaysWithin64Bits() {
        let story = Story()
        story.attempt(0, 0, intended: .min)
        story.deliver(0, 0, 0)
        #expect(story.verdict().latency.delivery[.init("g")]?.p50 == .max)
    }
}
