import History
import Testing

@testable import Checker

struct AvailabilityTests {
    private func story(_ attempts: [(began: Int64, acked: Int64?)]) -> Story {
        let story = Story()
        for (seq, attempt) in attempts.enumerated() {
            story.attempt(0, Int64(seq), t: attempt.began)
            if let ack = attempt.acked { story.outcome(.acked, 0, Int64(seq), at: UInt64(seq), t: ack) }
        }
        return story
    }

    private func gap(_ attempts: [(Int64, Int64?)]) -> Int64 {
        story(attempts).verdict().availability.longestGapNanoseconds
    }

    @Test func nothingHasNoGap() { #expect(Story.empty.availability == .init()) }

    @Test func theLongestGapIsAnyOfThree() {
        #expect(gap([(0, 50), (10, 60)]) == 50)
        #expect(gap([(0, 1), (2, 90)]) == 89)
        #expect(gap([(0, 1), (70, nil)]) == 69)
    }

    @Test func withoutAnyAckItIsFromTheFirstAttemptToTheLast() { #expect(gap([(3, nil), (10, nil)]) == 7) }

    @Test func anAttemptBeforeTheLastAckAddsNone() { #expect(gap([(0, 10), (5, nil)]) == 10) }

    @Test func acksOutOfTheirOrderAreSorted() { #expect(gap([(0, 30), (0, 10), (0, 20)]) == 10) }

    @Test func recoveryIsTheFirstAckOfAnAttemptBegunAfterTheEffect() {
        let story = story([(90, 150), (100, 160), (101, 350), (120, 300)])
        story.fault(1, .begin, t: 80)
        story.fault(1, .effect, t: 100)
        story.fault(1, .effect, t: 200)
        #expect(story.verdict().availability.recovery == [.init(fault: 1, nanoseconds: 200)])
    }

    @Test func faultsAreOrderedByTheirIdsAndMayNeverBeRecoveredFrom() {
        let story = story([(10, 11), (30, 35)])
        story.fault(9, .effect, t: 5)
        story.fault(2, .effect, t: 40)
        story.fault(5, .effect, t: 20)
        let expected: [Verdict.Availability.Recovery] = [
            .init(fault: 2, nanoseconds: nil), .init(fault: 5, nanoseconds: 15), .init(fault: 9, nanoseconds: 6),
        ]
        #expect(story.verdict().availability.recovery == expected)
    }
}
