public import History

/// What one history proves: pure, and the same for the same records in the same order.
///
/// It never fails: a history that allows no conclusion gives a verdict that says so (`valid`, `invalidReasons`).
public func check(_ history: History) -> Verdict {
    var verdict = Verdict()
    if history.ends == 0 { verdict.invalidReasons.append("no-end") }
    verdict.valid = verdict.invalidReasons.isEmpty
    return verdict
}
