import History
import Testing

@testable import Checker

struct DuplicatedTests {
    @Test func nothingIsDuplicatedInNothing() { #expect(Story.empty.log.duplicated == Verdict.Duplicated()) }

    @Test func aSecondCopyOfOneAttemptIsUnexplained() {
        let story = Story()
        story.good(0, 0, at: 0)
        story.entry(1, 0, 0)
        let verdict = story.verdict()
        #expect(verdict.log.duplicated.unexplained == 1 && verdict.log.duplicated.retried == 0)
        #expect(verdict.examples("duplicated.unexplained") == ["0/0"] && verdict.agents.repairable == 1)
    }

    @Test func aSecondAttemptExplainsOneCopyOnly() {
        let story = Story()
        story.attempt(0, 0)
        story.attempt(0, 0, try: 2)
        story.outcome(.acked, 0, 0, at: 1, try: 2)
        for position: UInt64 in 0..<4 { story.entry(position, 0, 0) }
        #expect(story.verdict().log.duplicated == .init(retried: 1, unexplained: 2))
        #expect(story.verdict().examples("duplicated.retried") == story.verdict().examples("duplicated.unexplained"))
    }

    @Test func aFailedAttemptExplainsNothing() {
        let story = Story()
        story.attempt(0, 0)
        story.outcome(.failed, 0, 0)
        story.attempt(0, 0, try: 2)
        story.outcome(.acked, 0, 0, at: 1, try: 2)
        story.entry(0, 0, 0)
        story.entry(1, 0, 0)
        #expect(story.verdict().log.duplicated == .init(retried: 0, unexplained: 1))
    }

    @Test func aClientThatRetriesByItselfExplainsAll() {
        let story = Story(retries: "client")
        story.good(0, 0, at: 0)
        story.entry(1, 0, 0)
        story.entry(2, 0, 0)
        #expect(story.verdict().log.duplicated == .init(retried: 2, unexplained: 0))
        #expect(story.verdict().judgement == .clean)
    }

    @Test func oneCopyInTwoPassesIsOne() {
        let story = Story()
        story.good(0, 0, at: 0)
        #expect(story.verdict().log.duplicated == Verdict.Duplicated())
    }
}
