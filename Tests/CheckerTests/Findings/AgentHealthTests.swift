import History
import Testing

@testable import Checker

struct AgentHealthTests {
    @Test func nothingHasNoAgents() { #expect(Story.empty.agents == .init()) }

    @Test func eachAgentCountsOnceByTheWorst() {
        let story = Story()
        story.good(0, 0, at: 0)
        story.good(1, 0, at: 1)
        story.entry(2, 1, 0)
        story.publish(2, 0, at: 3)
        story.good(2, 1, at: 4)
        story.entry(5, 2, 1)
        #expect(story.verdict().agents == .init(total: 3, intact: 1, repairable: 1, damaged: 1))
    }

    @Test func anAgentWithoutAnAckIsEntitledToNothing() {
        let story = Story()
        story.attempt(0, 0)
        story.entry(0, 0, 0)
        #expect(story.verdict().agents == .init())
    }

    @Test func anotherRunsEntryDamagesNobody() {
        let story = Story()
        story.good(0, 0, at: 0)
        story.entry(1, 0, 1, run: "another")
        #expect(story.verdict().agents == .init(total: 1, intact: 1))
    }
}
