import Checker

/// A figure of a trial by which runs are compared with an earlier one.
struct ComparedFigure: Sendable {
    let name: String
    let unit: Figure.Unit
    /// What should not be, or how much of it: compared apart from what always differs a little.
    var isFinding = false
    /// Larger is better: a rate. Of the others smaller is.
    var moreIsBetter = false
    /// Latencies of saturated trials compare with nothing.
    var isLatency = false
    /// Nil if the trial does not have it; infinite for what never happened.
    let value: @Sendable (Summary.Trial, Verdict) -> Double?

    static let all: [ComparedFigure] =
        [
            finding("lost") { $0.log.lost },
            ComparedFigure(name: "loss.window", unit: .nanoseconds, isFinding: true) {
                Double($1.loss.windowNanoseconds)
            },
            finding("duplicated") { $0.log.duplicated.retried + $0.log.duplicated.unexplained },
            finding("reordered") { $0.log.reordered.retried + $0.log.reordered.unexplained },
            finding("corrupted") { $0.log.corrupted }, finding("diverged") { $0.log.diverged },
            finding("unexpected") { $0.log.unexpected.failed + $0.log.unexpected.neverAttempted },
            ofGroups("skipped") { $0.undelivered.skipped }, ofGroups("unprocessed") { $0.unprocessed },
            ofGroups("redelivered") { $0.redelivered.acked + $0.redelivered.unacked },
            ofGroups("vanished") { $0.vanished },
            ComparedFigure(name: "refused_starts", unit: .count, isFinding: true) { trial, _ in
                Double(trial.refusedStarts)
            },
            ComparedFigure(name: "availability.recovery", unit: .nanoseconds) { _, verdict in
                FigureRows.verdict.first { $0.name == "availability.recovery" }?.value(verdict).map {
                    $0.amount.map(Double.init) ?? .infinity
                }
            },
            ComparedFigure(name: "availability.longest_gap", unit: .nanoseconds) {
                Double($1.availability.longestGapNanoseconds)
            },
            latency("latency.ack.p50") { $0.p50 }, latency("latency.ack.p99") { $0.p99 },
            ComparedFigure(name: "rate.achieved", unit: .count, moreIsBetter: true) { trial, _ in trial.rate.achieved },
        ]

    private static func finding(_ name: String, _ count: @escaping @Sendable (Verdict) -> Int) -> ComparedFigure {
        ComparedFigure(name: name, unit: .count, isFinding: true) { Double(count($1)) }
    }

    private static func ofGroups(
        _ name: String, _ count: @escaping @Sendable (Verdict.GroupFigures) -> Int
    ) -> ComparedFigure {
        ComparedFigure(name: "groups.*.\(name)", unit: .count, isFinding: true) { _, verdict in
            verdict.groups.isEmpty ? nil : Double(verdict.groups.values.reduce(0) { $0 + count($1) })
        }
    }

    private static func latency(_ name: String, _ value: @escaping @Sendable (Verdict.Percentiles) -> Int64)
        -> ComparedFigure
    {
        ComparedFigure(name: name, unit: .nanoseconds, isLatency: true) { _, verdict in
            verdict.latency.ack.count > 0 ? Double(value(verdict.latency.ack)) : nil
        }
    }

    /// Of those of a cell's trials that count.
    func values(of cell: Summary.Cell) -> [Double] {
        cell.trials.compactMap { trial in
            guard trial.isJudged, let verdict = trial.verdict, !(isLatency && trial.rate.saturated) else { return nil }
            return value(trial, verdict)
        }
    }
}
