import History
import Testing

@testable import Checker

struct PauseTests {
    /// Positions 0, 1, … of a stream, acked at the first times and first delivered at the second, or never.
    private func tell(_ story: Story, _ waits: [(acked: Int64, delivered: Int64?)], in stream: String = "s") {
        for (place, wait) in waits.enumerated() {
            let agent: Int64 = stream == "s" ? 0 : 1
            story.attempt(agent, Int64(place), t: 0)
            story.outcome(.acked, agent, Int64(place), at: UInt64(place), t: wait.acked, in: stream)
            story.entry(UInt64(place), agent, Int64(place), in: stream)
            guard let delivered = wait.delivered else { continue }
            story.deliver(UInt64(place), agent, Int64(place), t: delivered, in: stream)
        }
    }

    private func pause(end: Int64 = 0, _ waits: [(acked: Int64, delivered: Int64?)]) -> Int64? {
        let story = Story()
        story.group()
        story.history.lastEnd = end
        tell(story, waits)
        return story.verdict().group().pause?.longestNanoseconds
    }

    @Test func nothingPausesInNothing() {
        let story = Story()
        story.group()
        #expect(story.verdict().group().pause == .init())
    }

    @Test func aPauseIsFromProgressToProgress() { #expect(pause([(1, 2), (3, 4), (5, 30), (6, 31)]) == 25) }

    @Test func withoutBacklogNothingPauses() {
        // Nobody had anything for it between 4 and 50.
        #expect(pause([(1, 2), (3, 4), (50, 53)]) == 3)
    }

    @Test func whoIsBehindAllTheTimeMayNeverPause() {
        #expect(pause((0..<50).map { (Int64($0), Int64($0 + 1000)) }) == 1000)
        #expect(pause([(0, 1)] + (0..<500).map { (Int64($0), Int64($0 * 2 + 3)) }) == 2)
    }

    @Test func whatIsNeverDeliveredWaitsToTheEnd() {
        #expect(pause(end: 90, [(1, 2), (10, nil)]) == 80)
        #expect(pause(end: 90, [(1, 40), (10, nil)]) == 50)
        #expect(pause([(1, 40), (70, nil)]) == 39)
    }

    @Test func whatWasDeliveredBeforeItsAckIsNoBacklogAndStillProgress() {
        #expect(pause([(1, 2), (90, 50), (3, 60)]) == 47)
    }

    @Test func aPositionThatTheGroupPassedIsNotWaitedFor() {
        let story = Story()
        story.group()
        story.history.lastEnd = 500
        tell(story, [(1, nil), (2, 3), (10, nil)])
        story.end(passed: 1)
        #expect(story.verdict().group().pause?.longestNanoseconds == 490)
        story.progress(.commit, 3, t: 5, group: "h")
        story.deliver(0, 0, 0, t: 4, group: "h")
        #expect(story.verdict().group("h").pause?.longestNanoseconds == 3)
    }

    @Test func redeliveriesAreNoProgressAndLostPositionsNoBacklog() {
        let story = Story()
        story.history.lastEnd = 500
        tell(story, [(1, 2), (3, 40)])
        story.deliver(0, 0, 0, t: 20)
        // Acked, and in no pass.
        story.attempt(0, 2, t: 41)
        story.outcome(.acked, 0, 2, at: 2, t: 42)
        #expect(story.verdict().group().pause?.longestNanoseconds == 37)
    }

    @Test func streamsPauseByThemselves() {
        let story = Story()
        tell(story, [(1, 2), (3, 23)], in: "s")
        tell(story, [(1, 11), (3, 43)], in: "t")
        tell(story, [(5, 5)], in: "u")
        let pause = story.verdict().group().pause
        #expect(pause?.streams == [Name("s"): 20, Name("t"): 32])
        #expect(pause?.longestNanoseconds == 32 && pause?.stream == Name("t"))
    }

    @Test(arguments: [0, 1, 5, 300], [nil, 10, 511, 512, 2000, 3998] as [Int?])
    func aSmallGroupFindsTheEarliestOfManyThatWait(handed: Int, passed: Int?) {
        // Each ack has a moment of its own; the group had the first few before them, and is never handed the rest.
        let acks = (0..<4000).map { Int64(1 + $0 * 7919 % 4001) }
        let story = Story()
        story.group()
        story.history.lastEnd = 5000
        tell(story, acks.map { ($0, $0 <= handed ? 0 : nil) })
        if let passed { story.end(passed: UInt64(passed)) }
        let waiting = acks.enumerated().filter { $0.offset > passed ?? -1 && $0.element > handed }.map(\.element)
        let expected = waiting.min().map { 5000 - $0 } ?? 0
        #expect(story.verdict().group().pause?.longestNanoseconds == expected)
    }
}
