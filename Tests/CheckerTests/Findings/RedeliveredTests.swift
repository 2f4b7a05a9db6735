import History
import Testing

@testable import Checker

struct RedeliveredTests {
    private func story() -> Story {
        let story = Story()
        story.good(0, 0, at: 0)
        story.deliver(0, 0, 0, t: 10)
        return story
    }

    @Test func oneDeliveryIsNone() {
        #expect(story().verdict().group().redelivered == .init() && story().verdict().group().deliveries == 1)
    }

    @Test func aSecondBeforeAnyAckIsUnacked() {
        let story = story()
        story.deliver(0, 0, 0, t: 20)
        story.progress(.ack, 0, t: 20)
        let verdict = story.verdict()
        #expect(verdict.group().redelivered == .init(unacked: 1, acked: 0) && verdict.judgement == .clean)
        #expect(verdict.examples("groups.g.redelivered.unacked") == ["s@0"])
    }

    @Test func oneAfterTheEarliestAckIsAcked() {
        let story = story()
        story.progress(.ack, 0, t: 30)
        story.progress(.ack, 0, t: 19)
        story.deliver(0, 0, 0, t: 20)
        #expect(story.verdict().group().redelivered == .init(unacked: 0, acked: 1))
    }

    @Test func aCommitBeyondItCoversIt() {
        let story = story()
        story.progress(.commit, 1, t: 15)
        story.progress(.commit, 9, t: 99)
        story.deliver(0, 0, 0, t: 20)
        #expect(story.verdict().group().redelivered == .init(unacked: 0, acked: 1))
    }

    @Test func aCommitOfItsOwnPositionDoesNot() {
        let story = story()
        story.progress(.commit, 0, t: 15)
        story.deliver(0, 0, 0, t: 20)
        #expect(story.verdict().group().redelivered == .init(unacked: 1, acked: 0))
    }

    @Test func theFirstIsFirstByTimeAndNotInTheFile() {
        let story = story()
        story.deliver(0, 0, 0, t: 5)
        story.progress(.ack, 0, t: 7)
        #expect(story.verdict().group().redelivered == .init(unacked: 0, acked: 1))
    }

    @Test func anotherGroupsDeliveryIsNone() {
        let story = story()
        story.deliver(0, 0, 0, group: "h")
        #expect(story.verdict().group().redelivered == .init() && story.verdict().group("h").redelivered == .init())
    }
}
