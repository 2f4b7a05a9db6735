import Checker
import Foundation

/// Sentences on gates, controls and trials that more than one kind of report says.
enum Remarks {
    static let noControls =
        "This suite has no controls: nothing shows that a loss under these faults would have been seen."

    static let spreads =
        "Of several trials: the worst for losses, duplicates, order and availability, the median for the rest; events a "
        + "second are those tried, acknowledged or not."
    static let groups =
        "Groups: of each trial the sum over its groups, times of the worst of them; of several trials the worst, the "
        + "median for CPU time, which is per event acknowledged."
    static let saturated =
        "Saturated: the broker took less than 95 % of the load; these latencies compare with nothing."

    /// The value of a gate: `910 ms in 2 trials; apart: 1 fsync-pending`.
    static func value(of outcome: GateOutcome) -> String {
        guard let value = outcome.value else { return reasonNotJudged(outcome) }
        let trials = Format.plural(outcome.judged, "trial")
        return "\(Format.value(value, outcome.gate.figure.unit)) in \(trials)" + apart(outcome)
    }

    /// Where a gate's value is from: `always × power-loss, trial 2`.
    static func place(of trial: TrialName) -> String { "\(trial.configuration) × \(trial.fault), trial \(trial.n)" }

    private static func apart(_ outcome: GateOutcome) -> String {
        guard !outcome.apart.isEmpty else { return "" }
        return "; apart: " + list(outcome.apart)
    }

    private static func reasonNotJudged(_ outcome: GateOutcome) -> String {
        outcome.apart.isEmpty ? "none of its trials was run" : "no trial to judge: \(list(outcome.apart))"
    }

    private static func list(_ counts: [String: Int]) -> String {
        counts.sorted { $0.key < $1.key }.map { "\(Format.count($0.value)) \($0.key)" }.joined(separator: ", ")
    }

    static func found(_ outcome: ControlOutcome) -> String {
        guard outcome.found != nil else { return "no valid trial" }
        return "in \(Format.count(outcome.trialsWith)) of \(Format.plural(outcome.judged, "trial"))"
    }

    static func word(held: Bool?) -> String {
        switch held {
        case true?: "✓ held"
        case false?: "✗ BROKEN"
        case nil: "– not judged"
        }
    }

    static func word(found: Bool?) -> String {
        switch found {
        case true?: "✓ found"
        case false?: "✗ NOT FOUND"
        case nil: "– not judged"
        }
    }

    /// Commands that show what broke a gate: the trial's verdict, and the life of the first event of the finding.
    static func commands(for outcome: GateOutcome, in summary: Summary, directory: String) -> [String] {
        guard let worst = outcome.worst else { return [] }
        let path = Shell.quoted(Shell.path(directory, worst.directory))
        var commands = ["holdfast check \(path)"]
        let trial = summary.cells.flatMap(\.trials).first { $0.directory == worst.directory }
        if let example = example(of: outcome.gate.figure, in: trial), let agent = example.agent {
            let seq = example.seq.map { " --seq \($0)" } ?? ""
            commands.append("holdfast explain \(path) --agent \(agent)\(seq)")
        }
        return commands
    }

    /// What a trial's `reason` says, or what its verdict has against it.
    static func reason(of trial: Summary.Trial) -> String {
        let said = trial.reason ?? trial.verdict?.invalidReasons.joined(separator: "; ") ?? ""
        return said.isEmpty ? "no reason was recorded" : said
    }

    /// What the trials without a loss support: with none among `count`, the share of trials that lose something may
    /// still be this high (95 %; for many trials about 3 / count).
    static func bound(clean count: Int) -> String {
        let high = 1 - pow(0.05, 1 / Double(max(count, 1)))
        return Format.decimals(high * 100, high < 0.1 ? 1 : 0) + " %"
    }
}
