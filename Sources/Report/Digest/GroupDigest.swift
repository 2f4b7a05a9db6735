import Checker
import History

/// What a report shows of one consumer group of a cell: the worst over its valid trials for what should not be, the
/// median for latencies.
struct GroupDigest {
    let name: String
    private let figures: [Verdict.GroupFigures]
    private let latencies: [Verdict.Percentiles]
    private let states: [Verdict.States.Counts]
    private let runs: [Summary.Trial.GroupRun]

    /// Every group of these trials, by name.
    static func all(in trials: [Summary.Trial]) -> [GroupDigest] {
        let names = Set(trials.flatMap { trial in trial.verdict.map { Array($0.groups.keys) } ?? [] })
        return names.sorted().map { GroupDigest($0, trials) }
    }

    private init(_ name: Name, _ trials: [Summary.Trial]) {
        self.name = name.text
        let verdicts = trials.compactMap(\.verdict)
        figures = verdicts.compactMap { $0.groups[name] }
        latencies = verdicts.compactMap { $0.latency.delivery[name] }.filter { $0.count > 0 }
        states = verdicts.compactMap { $0.states?.groups[name] }
        runs = trials.compactMap { $0.groups?[name.text] }
    }

    static let remark =
        "Of several trials: the worst, and the median for delivery latency, which counts from the intended time."

    /// The columns of a table of groups, after the name.
    static let columns = [
        "Consumers", "Deliveries", "Undelivered", "Unprocessed", "Redelivered", "Vanished", "Expired unseen",
        "Longest pause", "Rebalances", "Catch-up", "Lag", "Delivery p50", "Delivery p99", "Stuck", "Out of order",
        "Aborted read", "Dead letters", "Agents damaged",
    ]

    /// What belongs into them.
    var cells: [String] {
        [
            runs.map(\.consumers).max().map(Format.count) ?? Format.nothing,
            worst { $0.deliveries },
            worst { $0.undelivered.skipped + $0.undelivered.behind },
            worst { $0.unprocessed },
            worst { $0.redelivered.unacked + $0.redelivered.acked },
            worst { $0.vanished },
            worst { $0.expiredUnseen },
            figures.compactMap { $0.pause?.longestNanoseconds }.max().map(Format.time) ?? Format.nothing,
            runs.map(\.rebalances).max().map(Format.count) ?? Format.nothing,
            GroupDigest.catchUp(figures).map { Format.value($0, .nanoseconds) } ?? Format.nothing,
            worst { $0.lag.maxEvents },
            Spread(latencies.map(\.p50)).map { Format.time($0.median) } ?? Format.nothing,
            Spread(latencies.map(\.p99)).map { Format.time($0.median) } ?? Format.nothing,
            worst { $0.stuck },
            worst { $0.outOfOrder },
            worst { $0.abortedRead },
            deadLetters,
            states.map(\.damaged).max().map(Format.count) ?? Format.nothing,
        ]
    }

    private func worst(_ count: (Verdict.GroupFigures) -> Int) -> String {
        figures.map(count).max().map(Format.count) ?? Format.nothing
    }

    /// `12 of 12`: of the poison events those that are there; and how many are missing.
    private var deadLetters: String {
        let letters = figures.compactMap(\.deadLetters)
        guard let worst = letters.max(by: { ($0.missing, $0.poison) < ($1.missing, $1.poison) }) else {
            return Format.nothing
        }
        let text = "\(Format.count(worst.moved)) of \(Format.count(worst.poison))"
        return worst.missing > 0 ? "\(text), \(Format.count(worst.missing)) missing" : text
    }

    /// The slowest of them.
    static func catchUp(_ figures: [Verdict.GroupFigures]) -> Figure.Value? {
        let row = FigureRows.group.first { $0.name == "catch_up" }
        return figures.compactMap { row?.value($0) }.max()
    }
}
