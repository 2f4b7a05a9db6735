import Foundation
import Platform
import Report
import Suites

/// What an earlier run of the same suite left behind: its trials are taken over, and the rest is done.
struct Resumption {
    let earlier: Summary
    private var trials: [String: Summary.Trial] = [:]

    /// - Returns: nil if nothing was finished there.
    /// - Throws: what is there is another run's.
    init?(of directory: String, for suite: Suite, plan: Plan, lab: String) throws(RunError) {
        let path = directory + "/summary.json"
        guard let data = FileManager.default.contents(atPath: path) else {
            guard FileManager.default.fileExists(atPath: directory + "/run.log") else {
                throw RunError(.usage, "--resume: \(directory) is no run's directory; name the one that `run` made")
            }
            return nil
        }
        do { earlier = try Summary.decoded(from: data, path: path) } catch { throw RunError(.usage, "\(error)") }
        func refuse(_ what: String, _ before: String, _ now: String) -> RunError {
            RunError(
                .usage,
                "--resume: \(directory) was run with \(what) \(before), and this is \(now): one run has one; start another"
            )
        }
        guard earlier.suiteText == suite.text else {
            throw refuse("suite", "\(earlier.suite) as its text was then", "another text (\(suite.path))")
        }
        guard earlier.seed == suite.seed else { throw refuse("seed", "\(earlier.seed)", "\(suite.seed)") }
        guard earlier.lab == lab else { throw refuse("lab", earlier.lab, lab) }
        let seeds = Dictionary(
            plan.trials.map { ($0.cell.directory(trial: $0.n), $0.seed) }, uniquingKeysWith: { first, _ in first })
        for trial in earlier.cells.flatMap(\.trials) {
            guard seeds[trial.directory] == trial.seed else {
                throw RunError(
                    .usage,
                    "--resume: \(directory) has \(trial.directory), which this run would not do: give the same --only "
                        + "and --trials, or start another")
            }
            // Whatever kept the harness from it may be gone by now.
            if trial.status == .valid || trial.status == .invalid { trials[trial.directory] = trial }
        }
    }

    func trial(in directory: String) -> Summary.Trial? { trials[directory] }
}
