import History
import Testing

@testable import Checker

struct DivergedTests {
    @Test func nothingDivergesInNothing() { #expect(Story.empty.log.diverged == 0) }

    @Test func aPositionThatAPassLacksDoes() {
        let story = Story()
        story.good(0, 0, at: 0)
        story.publish(0, 1, at: 1)
        story.entry(1, 0, 1, passes: [1])
        #expect(story.verdict().log.diverged == 1 && story.verdict().examples("diverged") == ["s@1"])
    }

    @Test func aPositionThatAPassHasTwiceDoes() {
        let story = Story()
        story.good(0, 0, at: 0)
        story.entry(0, 0, 0, passes: [2])
        let log = story.verdict().log
        #expect(log.diverged == 1 && log.entries == 1 && log.duplicated == Verdict.Duplicated())
    }

    @Test func twoContentsOfOnePositionDo() {
        let story = Story()
        story.publish(0, 0, at: 0)
        story.publish(0, 1, at: 1)
        story.entry(0, 0, 0, passes: [1])
        story.entry(0, 0, 1, passes: [2])
        story.entry(1, 0, 1)
        let log = story.verdict().log
        #expect(log.diverged == 1 && log.entries == 3)
    }

    @Test func passesThatAgreeDoNot() {
        let story = Story()
        for seq: Int64 in 0..<9 { story.good(0, seq, at: UInt64(seq)) }
        #expect(story.verdict().log.diverged == 0)
    }

    @Test func retentionBetweenTwoPassesDoesNot() {
        let story = Story(retention: true)
        story.publish(0, 0, at: 0)
        story.entry(0, 0, 0, passes: [1])
        story.good(0, 1, at: 1)
        #expect(story.verdict().log.diverged == 0)
    }

    @Test func retentionPutsNothingBack() {
        let story = Story(retention: true)
        story.publish(0, 0, at: 0)
        story.entry(0, 0, 0, passes: [2])
        story.good(0, 1, at: 1)
        #expect(story.verdict().log.diverged == 1)
    }

    @Test func retentionTakesNothingFromTheMiddle() {
        let story = Story(retention: true)
        story.good(0, 0, at: 0)
        story.publish(0, 1, at: 1)
        story.entry(1, 0, 1, passes: [1])
        story.good(0, 2, at: 2)
        #expect(story.verdict().log.diverged == 1)
    }

    @Test func retentionMayLeaveNothing() {
        let story = Story(retention: true)
        story.publish(0, 0, at: 0)
        story.entry(0, 0, 0, passes: [1])
        story.replayEnd(2)
        #expect(story.verdict().log.diverged == 0)
    }

    @Test func aDeliveryOfSomethingElseDoes() {
        let story = Story()
        story.good(0, 0, at: 0)
        story.deliver(0, 0, 0, crc: 1)
        #expect(story.verdict().log.diverged == 1)
    }

    @Test func twoDeliveriesThatDifferWhereNoPassHasAnythingDo() {
        let story = Story()
        story.good(0, 0, at: 0)
        story.deliver(5, 0, 0)
        story.deliver(5, 0, 0, group: "h", crc: 1)
        #expect(story.verdict().examples("diverged") == ["s@5"])
    }

    @Test func oneDeliveryWhereNoPassHasAnythingDoesNot() {
        let story = Story()
        story.good(0, 0, at: 0)
        story.deliver(5, 0, 0)
        story.deliver(5, 0, 0, group: "h")
        #expect(story.verdict().log.diverged == 0)
    }

    @Test func oddPassesInAnyOrderAreMergedAllTheSame() {
        let story = Story()
        for seq: Int64 in 0..<5 {
            story.publish(0, seq, at: UInt64(seq))
            story.entry(UInt64(seq), 0, seq, passes: [99, 7, 1 << 40, 12])
        }
        #expect(story.verdict().log.diverged == 0 && story.verdict().log.passes == 4)
        story.entry(9, 0, 4, passes: [7])
        #expect(story.verdict().log.diverged == 1)
    }

    @Test func kindsThatALogDoesNotExpectAreLeftAside() {
        var log = History.Log(name: Name("l"), streams: [Name("s")])
        log.kinds = [Name("wanted")]
        let story = Story(logs: [log])
        story.attempt(0, 0, kind: "other")
        story.entry(0, 0, 0, passes: [1])
        story.replayEnd(2)
        #expect(story.verdict().log.diverged == 0 && story.verdict().log.entries == 1)
        story.deliver(0, 0, 0, run: "another")
        #expect(story.verdict().log.diverged == 1)
    }

    @Test func deliveriesOfSuchKindsWhereNoPassHasAnythingAreLeftAsideToo() {
        var log = History.Log(name: Name("l"), streams: [Name("s")])
        log.kinds = [Name("wanted")]
        let story = Story(logs: [log])
        for seq: Int64 in 0..<2 { story.attempt(0, seq, kind: "other") }
        story.deliver(5, 0, 0)
        story.deliver(5, 0, 1)
        #expect(story.verdict().log.diverged == 0)
        story.attempt(0, 2, kind: "wanted")
        story.deliver(5, 0, 2)
        #expect(story.verdict().log.diverged == 1)
    }

    @Test func anEmptyEarlierPassIsNoWorkOfRetention() {
        let story = Story(retention: true)
        story.publish(0, 0, at: 0)
        story.entry(0, 0, 0, passes: [2])
        story.replayEnd(1)
        #expect(story.verdict().log.diverged == 1)
    }
}
