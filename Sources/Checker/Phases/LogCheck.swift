import History

/// All figures of one log after another; but for `diverged`, which waits for what all groups were handed.
struct LogCheck {
    let evidence: Evidence
    let state: LogState
    /// By log.
    let backdated: [Int: [Backdated.Found]]
    let book: ExampleBook

    /// Enters a log; the state stands in it until the next.
    func run(_ plan: LogPlan) -> (figures: Verdict.LogFigures, loss: Verdict.Loss, agents: Verdict.Agents) {
        state.enter(plan)
        var entries = EntryWalk(evidence, state)
        entries.run()
        var events = EventWalk(evidence, state, entries.agents)
        events.run()

        var figures = Verdict.LogFigures()
        figures.passes = evidence.passes.count
        figures.entries = entries.entries
        figures.corrupted = entries.corrupted.count
        figures.unexpected = entries.unexpected.figures
        figures.reordered = entries.reordered.figures
        figures.lost = events.lost.count
        figures.expired = events.lost.expired
        figures.recovered = events.recovered.count
        figures.duplicated = events.duplicated.figures
        figures.misplaced = events.misplaced.count
        addExamples(plan.prefix, entries, events)
        figures.backdated = countBackdated(plan)
        return (figures, events.lost.loss, entries.agents.figures)
    }

    private func addExamples(_ prefix: String, _ entries: EntryWalk, _ events: EventWalk) {
        book.add(prefix + "corrupted", places: entries.corrupted.examples)
        book.add(prefix + "unexpected.failed", events: entries.unexpected.failed)
        book.add(prefix + "unexpected.never_attempted", places: entries.unexpected.neverAttempted)
        book.add(prefix + "unexpected.foreign", places: entries.unexpected.foreign)
        book.add(prefix + "reordered.retried", events: entries.reordered.retried)
        book.add(prefix + "reordered.unexplained", events: entries.reordered.unexplained)
        book.add(prefix + "lost", events: events.lost.examples)
        book.add(prefix + "expired", events: events.lost.expiredExamples)
        book.add(prefix + "recovered", events: events.recovered.examples)
        book.add(prefix + "duplicated.retried", events: events.duplicated.retried)
        book.add(prefix + "duplicated.unexplained", events: events.duplicated.unexplained)
        book.add(prefix + "misplaced", events: events.misplaced.examples)
    }

    private func countBackdated(_ plan: LogPlan) -> Int {
        var (count, examples) = (0, FirstHundred<AttemptKey>())
        for found in backdated[plan.index] ?? [] where Diverged.expects(found.attempt.slot, evidence, plan) {
            count += 1
            examples.offer(found.attempt)
        }
        book.add(plan.prefix + "backdated", attempts: examples)
        return count
    }
}
