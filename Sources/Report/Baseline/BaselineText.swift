/// What the reports say of the comparison with an earlier run.
enum BaselineText {
    static let columns = ["", "Configuration", "Fault", "Figure", "Before", "Now", "By chance"]

    static func cells(of change: Baseline.Change) -> [String] {
        [
            change.isWorse ? "✗ worse" : "✓ better", change.configuration, change.fault, change.figure,
            value(change.before, change, change.trialsBefore), value(change.after, change, change.trialsAfter),
            probability(change.probability),
        ]
    }

    private static func value(_ value: Double?, _ change: Baseline.Change, _ trials: Int) -> String {
        let text = value.map { change.isTime ? Format.time(Int64($0)) : Format.count(Int64($0.rounded())) } ?? "never"
        return "\(text) (n = \(trials))"
    }

    private static func probability(_ probability: Double) -> String {
        probability < 0.0001 ? "<0.01 %" : Format.decimals(probability * 100, probability < 0.01 ? 2 : 1) + " %"
    }

    /// What was compared, and what could not be.
    static func sentences(of baseline: Baseline) -> [String] {
        let (worse, better) = (baseline.worse.count, baseline.better.count)
        var texts = [
            "Against the run of \(baseline.started) (\(baseline.suite)): "
                + (worse + better == 0
                    ? "no figure differs by more than chance explains"
                    : "\(Format.plural(worse, "figure")) worse, \(Format.count(better)) better")
                + ", of \(Format.count(baseline.compared)) compared. The values are medians over trials; the test is that of "
                + "rank sums. Of runs without a change, one in twenty at most would be said to lose more, one in a hundred to be slower."
        ]
        if !baseline.tooFew.isEmpty {
            texts.append(
                "Too few trials to tell a change from chance (three on either side are the least): "
                    + baseline.tooFew.joined(separator: ", ") + ".")
        }
        if !baseline.new.isEmpty { texts.append("New here: \(baseline.new.joined(separator: ", ")).") }
        if !baseline.gone.isEmpty { texts.append("Only in the earlier run: \(baseline.gone.joined(separator: ", ")).") }
        return texts
    }
}
