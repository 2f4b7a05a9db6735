/// Copies beyond the first of acked and unknown events. As many as there were further attempts to this log that may
/// have been applied are explained by them (*retried*); the rest is *unexplained*.
///
/// Counterexample to "more than one attempt explains them all": two attempts and four copies are one retried and two
/// unexplained. A failed attempt explains nothing: it was provably not applied.
struct Duplicated {
    private let evidence: Evidence
    private let state: LogState
    private(set) var figures = Verdict.Duplicated()
    private(set) var retried = FirstHundred<Int>()
    private(set) var unexplained = FirstHundred<Int>()

    init(_ evidence: Evidence, _ state: LogState) { (self.evidence, self.state) = (evidence, state) }

    mutating func take(_ slot: Int) {
        let extra = state.extraCopies(slot).count
        let explained = evidence.allRetried ? extra : min(extra, max(state.attempts(slot).possible - 1, 0))
        figures.retried += explained
        figures.unexplained += extra - explained
        if explained > 0 { retried.offer(slot) }
        if extra > explained { unexplained.offer(slot) }
    }
}
