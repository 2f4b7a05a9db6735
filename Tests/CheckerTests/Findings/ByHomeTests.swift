import History
import Testing

@testable import Checker

/// Two tiers: what goes where, who waits for which, and what a fault changes for those who wait.
struct ByHomeTests {
    private static let hot = Name("hot")
    private static let cold = Name("cold")

    /// Dispatches go to the hot tier and are carried on, reads stay there, audits go straight to the cold one.
    private static func story() -> Story {
        var hot = History.Log(name: Self.hot, streams: [Name("h")])
        hot.kinds = ["tool-call", "memory-read"].map { Name($0) }
        var cold = History.Log(name: Self.cold, streams: [Name("c")])
        (cold.kinds, cold.ofRecord) = (["tool-call", "audit"].map { Name($0) }, true)
        return Story(logs: [hot, cold])
    }

    private static func publish(
        _ story: Story, _ kind: String, _ agent: Int64, to log: UInt16, at position: UInt64, t: Int64, took: Int64 = 1,
        try number: Int64 = 1, isKept: Bool = true
    ) {
        let stream = log == 0 ? "h" : "c"
        story.attempt(agent, 0, try: number, t: t, kind: kind, intended: t, log: log)
        story.outcome(.acked, agent, 0, at: position, try: number, t: t + took, in: stream, log: log)
        if isKept { story.entry(position, agent, 0, in: stream) }
    }

    private static func clean() -> Story {
        let story = story()
        publish(story, "tool-call", 0, to: 0, at: 0, t: 10)
        publish(story, "tool-call", 0, to: 1, at: 0, t: 20, try: 1_000)
        publish(story, "memory-read", 1, to: 0, at: 1, t: 30)
        publish(story, "audit", 2, to: 1, at: 1, t: 40, took: 500)
        return story
    }

    @Test func eachKindIsExpectedWhereItGoes() {
        let verdict = Self.clean().verdict()
        #expect(verdict.judgement.exitCode == 0, "\(verdict.examples)")
        #expect(verdict.logs?[Self.hot]?.entries == 2 && verdict.logs?[Self.cold]?.entries == 2)
    }

    @Test func anAuditThatNobodyWroteToTheColdTierIsLost() {
        let story = Self.clean()
        Self.publish(story, "audit", 3, to: 0, at: 2, t: 50)
        let verdict = story.verdict()
        #expect(verdict.log.lost == 1 && verdict.logs?[Self.hot]?.lost == 0)
        #expect(verdict.examples("lost") == ["3/0"])
    }

    @Test func anAuditThatABridgeCarriesAsWellIsThereTwice() {
        let story = Self.clean()
        Self.publish(story, "audit", 2, to: 1, at: 2, t: 50, try: 1_000)
        #expect(story.verdict().log.duplicated == .init(retried: 1))
    }

    @Test func aReadIsMissedInTheHotTierAlone() {
        let story = Self.clean()
        Self.publish(story, "memory-read", 3, to: 0, at: 2, t: 50, isKept: false)
        let verdict = story.verdict()
        #expect(verdict.log.lost == 0 && verdict.logs?[Self.hot]?.lost == 1)
    }

    @Test func whoWaitsForOneTierIsNotHelpedByTheOther() {
        let story = Self.clean()
        story.fault(1, .begin, t: 25)
        story.fault(1, .effect, t: 26)
        let verdict = story.verdict()
        #expect(verdict.latency.ack.count == 3)
        #expect(verdict.latency.logs?[Self.hot]?.max == 1 && verdict.latency.logs?[Self.cold]?.max == 500)
        let availability = verdict.availability.logs
        #expect(availability?[Self.hot]?.recovery.first?.nanoseconds == 5)
        #expect(availability?[Self.cold]?.recovery.first?.nanoseconds == 514)
        #expect(Story.empty.latency.logs == nil && Story.empty.availability.logs == nil)
    }

    @Test func latencyIsToldApartAroundAFault() {
        let story = Story()
        for (seq, took) in [(0, 3), (1, 40), (2, 5)] as [(Int64, Int64)] {
            story.attempt(0, seq, t: seq * 100, intended: seq * 100)
            story.outcome(.acked, 0, seq, at: UInt64(seq), t: seq * 100 + took)
            story.entry(UInt64(seq), 0, seq)
        }
        #expect(story.verdict().latency.phases == nil)
        story.fault(1, .begin, t: 90)
        story.fault(1, .effect, t: 100)
        let open = story.verdict().latency.phases
        #expect(open?.before.max == 3 && open?.during.max == 40 && open?.during.count == 2 && open?.after.count == 0)
        story.fault(1, .end, t: 150)
        let phases = story.verdict().latency.phases
        #expect(phases?.before.max == 3 && phases?.during.max == 40 && phases?.after.max == 5)
        #expect(phases?.before.count == 1 && phases?.during.count == 1 && phases?.after.count == 1)
    }
}
