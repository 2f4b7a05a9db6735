import History
import Testing

@testable import Checker

struct AgentStreamsTests {
    @Test func copiesInTwoStreamsContradictThemselves() {
        let story = Story()
        story.good(0, 0, at: 0, in: "a")
        story.good(0, 1, at: 0, in: "b")
        let verdict = story.verdict()
        #expect(verdict.invalidReasons == ["agent-in-two-streams: agent 0, streams a and b"])
        #expect(verdict.judgement == .invalid)
    }

    @Test func oneAgentEachDoNot() {
        let story = Story()
        story.good(0, 0, at: 0, in: "a")
        story.good(1, 0, at: 0, in: "b")
        #expect(story.verdict().valid)
    }

    @Test func streamsOfTwoLogsDoNot() {
        let story = Story(logs: ["a", "b"].map { History.Log(name: Name($0), streams: [Name($0)]) })
        story.good(0, 0, at: 0, in: "a")
        story.good(0, 1, at: 0, in: "b")
        #expect(story.verdict().valid)
    }
}
