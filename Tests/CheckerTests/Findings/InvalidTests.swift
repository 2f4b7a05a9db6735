import History
import Testing

@testable import Checker

struct InvalidTests {
    private func codes(_ story: Story) -> [String] {
        story.verdict().invalidReasons.map { String($0.prefix { $0 != ":" }) }
    }

    private func good() -> Story {
        let story = Story()
        story.good(0, 0, at: 0)
        return story
    }

    @Test func aWholeHistoryIsValid() { #expect(good().verdict().valid && Story.empty.valid) }

    @Test func withoutAnythingThereIsNeitherEndNorReplay() {
        let verdict = check(History(header: History.Header()))
        #expect(verdict.invalidReasons == ["no-end", "no-replay"] && verdict.judgement == .invalid)
    }

    @Test func aGapSaysWhoseAndWhy() {
        let story = good()
        var gap = Record()
        (gap.rawType, gap.crc, gap.second) = (RecordType.gap.rawValue, story.name("worker 1"), story.name("killed"))
        story.add(gap)
        #expect(story.verdict().invalidReasons == ["gap: worker 1: killed"])
    }

    @Test func aFaultThatBeganNeedsAnEffect() {
        let story = good()
        story.fault(1, .begin, t: 1)
        story.fault(2, .begin, t: 1)
        story.fault(2, .effect, t: 2)
        story.fault(3, .end, t: 3)
        #expect(story.verdict().invalidReasons == ["fault-without-effect: fault 1 (kill)"])
    }

    @Test func everyPassMustHaveReadEveryStreamToItsEnd() {
        let story = good()
        story.isWhole = false
        story.history.ends = 1
        story.replayEnd(1)
        #expect(story.verdict().invalidReasons == ["replay-incomplete: stream s, pass 2"])
        story.replayEnd(2)
        #expect(story.verdict().valid)
        story.deliver(0, 5, 5, in: "unread")
        #expect(codes(story) == ["replay-incomplete"])
    }

    @Test func anOutcomeNeedsAnAttempt() {
        for (seq, number) in [(1, 1), (0, 2)] as [(Int64, Int64)] {
            let story = good()
            story.outcome(.unknown, 0, seq, try: number)
            #expect(codes(story) == ["outcome-without-attempt"])
        }
    }

    @Test func anAttemptHasOneOutcome() {
        let story = good()
        story.outcome(.unknown, 0, 0)
        #expect(story.verdict().invalidReasons == ["two-outcomes: agent 0, seq 0, try 1"])
    }

    @Test func anAttemptIsMadeOnce() {
        let story = good()
        story.attempt(0, 0)
        #expect(story.verdict().invalidReasons == ["two-attempts: agent 0, seq 0, try 1"])
    }

    @Test func anEventHasOneChecksum() {
        let story = good()
        story.attempt(0, 0, try: 2, crc: 1)
        #expect(codes(story) == ["two-crcs"])
    }

    @Test func aTransactionEndsOnce() {
        let story = good()
        story.transaction("t", .committed)
        #expect(story.verdict().valid)
        story.transaction("t", .committed)
        #expect(codes(story) == ["two-transaction-ends"])
    }

    @Test func aGroupEndsOnceInAStream() {
        let story = good()
        story.end(passed: 0)
        story.end(in: "other", passed: 0)
        #expect(story.verdict().valid)
        story.end(passed: 0)
        #expect(codes(story) == ["two-group-ends"])
    }

    @Test func reasonsAreSortedByTheirBytes() {
        let story = good()
        story.isWhole = false
        story.attempt(0, 0)
        story.fault(1, .begin, t: 1)
        let reasons = story.verdict().invalidReasons
        #expect(reasons == reasons.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } && reasons.count == 4)
    }
}
