import History
import Testing

@testable import Checker

/// Results: answers to dispatches, in a log of their own.
struct TurnTests {
    private static func story() -> Story {
        var results = History.Log(name: Name("results"), streams: [Name("r")])
        results.own = true
        let story = Story(logs: [History.Log(name: Name("events"), streams: [Name("s")]), results])
        story.group("executors", processing: true)
        story.group("agents", processing: true, log: "results")
        return story
    }

    /// A dispatch that was answered, and its answer handed over.
    private static func turn(
        _ story: Story, _ seq: Int64, intended: Int64, delivered: Int64, isKept: Bool = true, tries: Int64 = 1
    ) {
        story.attempt(0, seq, t: intended + 1, kind: "tool-call", intended: intended)
        story.outcome(.acked, 0, seq, at: UInt64(seq), t: intended + 2)
        story.entry(UInt64(seq), 0, seq)
        story.deliver(UInt64(seq), 0, seq, t: intended + 3, group: "executors")
        for number in 1...tries {
            let position = UInt64(seq * 2 + number - 1)
            story.attempt(0, seq, try: number, t: intended + 4, kind: "tool-result", intended: intended, log: 1)
            story.outcome(.acked, 0, seq, at: position, try: number, t: intended + 5, in: "r", log: 1)
            if isKept { story.entry(position, 0, seq, in: "r") }
        }
        story.progress(.processed, UInt64(seq), group: "executors")
        if isKept { story.deliver(UInt64(seq * 2), 0, seq, t: delivered, group: "agents", in: "r") }
    }

    @Test func aTurnIsFromTheDispatchToTheDeliveryOfItsResult() {
        let story = Self.story()
        Self.turn(story, 0, intended: 10, delivered: 50)
        Self.turn(story, 1, intended: 100, delivered: 170)
        let verdict = story.verdict()
        #expect(verdict.latency.turn?.count == 2)
        #expect(verdict.latency.turn?.p50 == 40 && verdict.latency.turn?.max == 70)
        // What it costs to publish the dispatch is apart from that.
        #expect(verdict.latency.ack.max == 2 && verdict.latency.ack.count == 2)
        #expect(verdict.events.attempted == 2 && verdict.log == verdict.logs?[Name("events")])
        #expect(verdict.judgement.exitCode == 0, "\(verdict.examples)")
    }

    @Test func aResultThatIsGoneIsLost() {
        let story = Self.story()
        Self.turn(story, 0, intended: 10, delivered: 50)
        Self.turn(story, 1, intended: 100, delivered: 170, isKept: false)
        let verdict = story.verdict()
        #expect(verdict.logs?[Name("results")]?.lost == 1 && verdict.log.lost == 0)
        #expect(verdict.examples("logs.results.lost") == ["0/1"])
        #expect(verdict.latency.turn?.count == 1 && verdict.judgement.exitCode == 1)
    }

    @Test func aDispatchThatWasExecutedTwiceIsAnsweredTwice() {
        let story = Self.story()
        Self.turn(story, 0, intended: 10, delivered: 50, tries: 2)
        #expect(story.verdict().logs?[Name("results")]?.duplicated == .init(retried: 1))
    }

    @Test func whatWasNeverAskedForIsNobodysAnswer() {
        let story = Self.story()
        Self.turn(story, 0, intended: 10, delivered: 50)
        story.good(0, 1, at: 1)
        story.entry(7, 0, 1, in: "r")
        #expect(story.verdict().logs?[Name("results")]?.unexpected.neverAttempted == 1)
    }

    @Test func deadLettersAreNoResults() {
        var dead = History.Log(name: Name("dead"), streams: [Name("d")])
        dead.own = true
        let story = Story(logs: [History.Log(name: Name("events"), streams: [Name("s")]), dead])
        story.group("g", dead: "dead")
        story.group("undertaker", log: "dead")
        story.good(0, 0, at: 0)
        story.deliver(0, 0, 0)
        #expect(story.verdict().latency.turn == nil && Story.empty.latency.turn == nil)
    }
}
