import History
import Testing

@testable import Checker

struct DeadLettersTests {
    /// Poison at 0 of the main log, handed to a group with dead letters that went past it.
    private func story(delivered: Bool = true, passed: UInt64? = 0, pending: [UInt64] = [], poison: Bool = true)
        -> Story
    {
        var dead = History.Log(name: Name("dead"), streams: [Name("x")])
        dead.own = true
        let story = Story(logs: [History.Log(name: Name("main"), streams: [Name("s")]), dead])
        story.group(dead: "dead")
        story.good(0, 0, at: 0, poison: poison)
        if delivered { story.deliver(0, 0, 0) }
        story.end(passed: passed, pending: pending)
        return story
    }

    private func letters(_ poison: Int, _ moved: Int, _ missing: Int) -> Verdict.GroupFigures.DeadLetters {
        var letters = Verdict.GroupFigures.DeadLetters()
        (letters.poison, letters.moved, letters.missing) = (poison, moved, missing)
        return letters
    }

    @Test func aGroupWithoutThemHasNone() { #expect(Story.empty.group().deadLetters == nil) }

    @Test func ofNothingNothingIsThere() {
        let story = Story(logs: [
            History.Log(name: Name("main"), streams: []), History.Log(name: Name("dead"), streams: []),
        ])
        story.group(dead: "dead")
        #expect(story.verdict().group().deadLetters == letters(0, 0, 0))
    }

    @Test func poisonThatWasThrownAwayIsMissing() {
        let verdict = story().verdict()
        #expect(verdict.group().deadLetters == letters(1, 0, 1))
        #expect(verdict.examples("groups.g.dead_letters.missing") == ["0/0"] && verdict.judgement == .wrong)
    }

    @Test func poisonThatWasMovedIsNot() {
        let story = story()
        story.attempt(0, 0, log: 1)
        story.outcome(.acked, 0, 0, at: 0, in: "x", log: 1)
        story.entry(0, 0, 0, in: "x")
        #expect(story.verdict().group().deadLetters == letters(1, 1, 0))
        #expect(story.verdict().judgement == .clean)
    }

    @Test func anEntryThatNobodySentThereIsNoMove() {
        let story = story()
        story.entry(0, 0, 0, in: "x")
        #expect(story.verdict().group().deadLetters == letters(1, 0, 1))
    }

    @Test func poisonThatIsPendingOrAheadOrUnseenIsNot() {
        for story in [story(pending: [0]), story(passed: nil), story(delivered: false)] {
            #expect(story.verdict().group().deadLetters == letters(1, 0, 0))
        }
    }

    @Test func whatIsHealthyIsNeverMissing() {
        #expect(story(poison: false).verdict().group().deadLetters == letters(0, 0, 0))
    }
}
