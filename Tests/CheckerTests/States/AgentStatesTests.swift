import History
import Testing

@testable import Checker

struct AgentStatesTests {
    private typealias Counts = Verdict.States.Counts

    private func counts(_ intact: Int, _ repairable: Int, _ damaged: Int) -> Counts {
        var counts = Counts()
        (counts.intact, counts.repairable, counts.damaged) = (intact, repairable, damaged)
        return counts
    }

    private func acked(_ story: Story, _ seqs: Range<Int64>, kind: String, agent: Int64 = 0) {
        for seq in seqs {
            story.attempt(agent, seq, kind: kind)
            story.outcome(.acked, agent, seq, at: UInt64(seq))
        }
    }

    /// Three acked events of an agent, of that kind, and what stands in the log.
    private func log(_ entries: [Int64], kind: String = "tool-call") -> (states: Counts?, agents: Verdict.Agents) {
        let story = Story()
        acked(story, 0..<3, kind: kind)
        for (position, seq) in entries.enumerated() { story.entry(UInt64(position + 10), 0, seq) }
        let verdict = story.verdict()
        return (verdict.states?.log, verdict.agents)
    }

    @Test func nobodyIsJudgedInNothing() {
        #expect(Story.empty.states == .init())
        let story = Story()
        story.attempt(0, 0)
        story.entry(0, 0, 0)
        #expect(story.verdict().states?.log == .init(), "an agent without an ack is entitled to nothing")
    }

    @Test func theLogAsItStands() {
        #expect(log([0, 1, 2]).states == counts(1, 0, 0))
        #expect(log([0, 2, 1]).states == counts(0, 1, 0))
        #expect(log([0, 1, 1, 2]).states == counts(0, 1, 0))
        #expect(log([0, 1]).states == counts(0, 0, 1))
        // As long as it should be, and one is missing.
        #expect(log([0, 1, 1]).states == counts(0, 0, 1))
        #expect(log([]).states == counts(0, 0, 1))
    }

    @Test func whatDoesNotDependOnOrderIsIntactThoughReordered() {
        let found = log([0, 2, 1], kind: "memory-read")
        #expect(found.states == counts(1, 0, 0) && found.agents.repairable == 1)
        // Lost and doubled in its place: the counts agree, the memory does not.
        #expect(log([0, 1, 1], kind: "memory-read").states == counts(1, 0, 0))
        #expect(log([0, 1, 1], kind: "memory-write").states == counts(0, 0, 1))
    }

    @Test func unknownEventsCountIfTheyAreThere() {
        let story = Story()
        acked(story, 0..<2, kind: "tool-call")
        story.attempt(0, 2)
        for seq: Int64 in 0..<3 { story.entry(UInt64(seq), 0, seq) }
        #expect(story.verdict().states?.log == counts(1, 0, 0))
        story.attempt(0, 3)
        #expect(story.verdict().states?.log == counts(1, 0, 0))
    }

    @Test func failedEventsThatAreThereDamage() {
        let story = Story()
        acked(story, 0..<1, kind: "tool-call")
        story.entry(0, 0, 0)
        story.attempt(0, 1)
        story.outcome(.failed, 0, 1)
        story.entry(1, 0, 1)
        #expect(story.verdict().states?.log == counts(0, 0, 1))
    }

    @Test func aCorruptedEntryThatTakesNothingAwayLeavesTheState() {
        let story = Story()
        acked(story, 0..<1, kind: "tool-call")
        story.entry(0, 0, 0)
        story.entry(1, 0, 0, crc: 1)
        let verdict = story.verdict()
        #expect(verdict.states?.log == counts(1, 0, 0) && verdict.agents.damaged == 1)
    }

    // MARK: Groups

    /// Three events of an agent and what a group was handed.
    private func story(processing: Bool = false, _ deliveries: [Int64]) -> Story {
        let story = Story()
        acked(story, 0..<3, kind: "tool-call")
        for seq: Int64 in 0..<3 { story.entry(UInt64(seq), 0, seq) }
        story.group(processing: processing)
        for seq in deliveries { story.deliver(UInt64(seq), 0, seq) }
        return story
    }

    private func group(_ story: Story) -> Counts? { story.verdict().states?.groups[Name("g")] }

    @Test func whatAGroupWasHanded() {
        #expect(group(story([0, 1, 2])) == counts(1, 0, 0))
        #expect(group(story([0, 1, 0, 1, 2])) == counts(0, 1, 0))
        #expect(group(story([1, 0, 2])) == counts(0, 1, 0))
        #expect(group(story([0, 1])) == counts(0, 0, 1))
        #expect(group(story([])) == counts(0, 0, 1))
    }

    @Test func whatItProcessedCountsIfItSaysSo() {
        let handed = story(processing: true, [0, 1, 2])
        #expect(group(handed) == counts(0, 0, 1))
        handed.progress(.processed, 0, t: 50)
        handed.progress(.processed, 2, t: 60)
        #expect(group(handed) == counts(0, 0, 1))
        // The order is that of time, not of the file.
        handed.progress(.processed, 1, t: 55)
        #expect(group(handed) == counts(1, 0, 0))
        handed.progress(.processed, 1, t: 70)
        #expect(group(handed) == counts(0, 1, 0))
    }

    @Test func whatWasProcessedWithoutBeingHandedOverIsNothing() {
        let handed = story(processing: true, [0, 1])
        for position: UInt64 in 0..<3 { handed.progress(.processed, position) }
        #expect(group(handed) == counts(0, 0, 1))
    }

    @Test func whatStoodFirstAtAPositionIsWhatWasProcessedThere() {
        for contested: UInt64 in [9, 0] {
            // Once where no pass has anything, once where one has the first of the two.
            let story = Story()
            acked(story, 0..<2, kind: "tool-call")
            for seq: Int64 in 0..<2 { story.entry(UInt64(seq), 0, seq) }
            story.group(processing: true)
            story.deliver(contested, 0, 0)
            story.deliver(contested, 0, 1)
            story.deliver(1, 0, 1)
            story.progress(.processed, contested)
            story.progress(.processed, 1)
            #expect(group(story) == counts(1, 0, 0))
        }
    }

    @Test func groupsAreJudgedOneByOne() {
        let story = story([0, 1, 2])
        acked(story, 3..<5, kind: "tool-call", agent: 7)
        for seq: Int64 in 3..<5 { story.entry(UInt64(seq), 7, seq) }
        for seq: Int64 in 3..<5 { story.deliver(UInt64(seq), 7, seq, group: "h") }
        for seq: Int64 in 0..<3 { story.deliver(UInt64(seq), 0, seq, group: "i") }
        let states = story.verdict().states
        #expect(states?.log == counts(2, 0, 0))
        #expect(states?.groups == [Name("g"): counts(1, 0, 1), Name("h"): counts(1, 0, 1), Name("i"): counts(1, 0, 1)])
    }
}
