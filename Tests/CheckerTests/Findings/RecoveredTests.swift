import History
import Testing

@testable import Checker

struct RecoveredTests {
    @Test func nothingIsRecoveredOfNothing() { #expect(Story.empty.log.recovered == 0) }

    @Test func anUnansweredEventInTheLogIsRecovered() {
        let story = Story()
        story.attempt(0, 0)
        story.entry(0, 0, 0)
        #expect(story.verdict().log.recovered == 1 && story.verdict().examples("recovered") == ["0/0"])
        #expect(story.verdict().judgement == .clean)
    }

    @Test func oneThatIsNotThereIsNot() {
        let story = Story()
        story.attempt(0, 0)
        story.outcome(.unknown, 0, 0)
        #expect(story.verdict().log.recovered == 0)
    }

    @Test func anAckedOneIsNot() {
        let story = Story()
        story.good(0, 0, at: 0)
        #expect(story.verdict().log.recovered == 0)
    }
}
