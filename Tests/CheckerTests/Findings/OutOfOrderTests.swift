import History
import Testing

@testable import Checker

struct OutOfOrderTests {
    /// Deliveries of agent 0's events at the positions given, to the consumers given.
    private func story(_ deliveries: [(UInt64, String)], at times: [Int64]? = nil) -> Verdict {
        let story = Story()
        for seq: Int64 in 0..<4 { story.good(0, seq, at: UInt64(seq)) }
        for (index, delivery) in deliveries.enumerated() {
            story.deliver(
                delivery.0, 0, Int64(delivery.0), t: times?[index] ?? Int64(100 + index), to: delivery.1)
        }
        return story.verdict()
    }

    @Test func theirOrderIsNone() {
        #expect(story([(0, "a"), (1, "b"), (2, "a"), (3, "b")]).group().outOfOrder == 0)
    }

    @Test func behindAHigherPositionToTheSameConsumerIs() {
        let verdict = story([(2, "a"), (1, "a")])
        #expect(verdict.group().outOfOrder == 1 && verdict.group().outOfOrderAcross == 0)
        #expect(verdict.examples("groups.g.out_of_order") == ["s@1"] && verdict.judgement == .wrong)
    }

    @Test func behindOneToAnotherConsumerOnlyIsAcross() {
        let verdict = story([(2, "a"), (1, "b")])
        #expect(verdict.group().outOfOrder == 0 && verdict.group().outOfOrderAcross == 1)
        #expect(verdict.examples("groups.g.out_of_order_across") == ["s@1"] && verdict.judgement == .clean)
    }

    @Test func behindBothIsNotAcross() {
        let verdict = story([(2, "a"), (3, "b"), (1, "a")])
        #expect(verdict.group().outOfOrder == 1 && verdict.group().outOfOrderAcross == 0)
    }

    @Test func aRedeliveryIsNone() { #expect(story([(0, "a"), (1, "a"), (0, "a")]).group().outOfOrder == 0) }

    @Test func aRedeliveryPutsOthersBehindIt() {
        #expect(story([(3, "a"), (3, "b"), (1, "b")]).group().outOfOrder == 1)
    }

    @Test func theSameMomentIsNone() { #expect(story([(2, "a"), (1, "a")], at: [50, 50]).group().outOfOrder == 0) }

    @Test func timeDecidesAndNotTheFile() {
        #expect(story([(2, "a"), (1, "a")], at: [50, 40]).group().outOfOrder == 0)
        #expect(story([(1, "a"), (2, "a")], at: [50, 40]).group().outOfOrder == 1)
    }

    @Test func anotherAgentIsNone() {
        let story = Story()
        story.good(0, 0, at: 0)
        story.good(1, 0, at: 1)
        story.deliver(1, 1, 0)
        story.deliver(0, 0, 0)
        #expect(story.verdict().group().outOfOrder == 0)
    }

    @Test func anotherRunsDeliveryNeitherCountsNorTakesTheFirstPlace() {
        let story = Story()
        for seq: Int64 in 0..<2 { story.good(0, seq, at: UInt64(seq)) }
        story.deliver(0, 0, 0, run: "another")
        story.deliver(1, 0, 1)
        story.deliver(0, 0, 0)
        #expect(story.verdict().group().outOfOrder == 1)
    }

    @Test func manyConsumersAndStreamsOfOneAgentAreKeptApart() {
        let story = Story()
        for stream in 0..<12 {
            for position: UInt64 in [1, 0] {
                for consumer in 0..<12 {
                    story.deliver(
                        position * 12 + UInt64(consumer), 5, Int64(position), to: "c\(consumer)", in: "s\(stream)")
                }
            }
        }
        let group = story.verdict().group()
        #expect(group.outOfOrder == 144 && group.outOfOrderAcross == 0 && group.corrupted == 288)
    }
}
