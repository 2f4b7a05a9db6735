import Checker
import History

/// One figure of a part of the verdict: its dotted name in there, and where its value is.
struct FigureRow<Part>: Sendable {
    var name: String
    /// Findings can be named in `finding:` and in controls; other figures only in `figure:`.
    var isFinding: Bool
    var unit: Figure.Unit
    /// Nil where the part has no such figure (no value was ever measured).
    var value: @Sendable (Part) -> Figure.Value?

    static func finding(_ name: String, _ value: @escaping @Sendable (Part) -> Int) -> Self {
        Self(name: name, isFinding: true, unit: .count) { .amount(Int64(value($0))) }
    }

    static func count(_ name: String, _ value: @escaping @Sendable (Part) -> Int) -> Self {
        Self(name: name, isFinding: false, unit: .count) { .amount(Int64(value($0))) }
    }

    static func time(_ name: String, _ value: @escaping @Sendable (Part) -> Int64?) -> Self {
        Self(name: name, isFinding: false, unit: .nanoseconds) { value($0).map { .amount($0) } }
    }
}

/// Every figure there is, by the part of the verdict that has it. A new finding is one line here.
enum FigureRows {
    /// Of `log` and of each of `logs`.
    static let log: [FigureRow<Verdict.LogFigures>] = [
        .finding("lost") { $0.lost },
        .finding("recovered") { $0.recovered },
        .finding("expired") { $0.expired },
        .finding("corrupted") { $0.corrupted },
        .finding("diverged") { $0.diverged },
        .finding("misplaced") { $0.misplaced },
        .finding("backdated") { $0.backdated },
        .finding("unexpected") { $0.unexpected.failed + $0.unexpected.neverAttempted + $0.unexpected.foreign },
        .finding("unexpected.failed") { $0.unexpected.failed },
        .finding("unexpected.never_attempted") { $0.unexpected.neverAttempted },
        .finding("unexpected.foreign") { $0.unexpected.foreign },
        .finding("duplicated") { $0.duplicated.retried + $0.duplicated.unexplained },
        .finding("duplicated.retried") { $0.duplicated.retried },
        .finding("duplicated.unexplained") { $0.duplicated.unexplained },
        .finding("reordered") { $0.reordered.retried + $0.reordered.unexplained },
        .finding("reordered.retried") { $0.reordered.retried },
        .finding("reordered.unexplained") { $0.reordered.unexplained },
        .count("reordered.max_displacement") { Int(clamping: $0.reordered.maxDisplacement) },
        .count("passes") { $0.passes },
        .count("entries") { $0.entries },
    ]

    /// Of each consumer group.
    static let group: [FigureRow<Verdict.GroupFigures>] = [
        .finding("undelivered") { $0.undelivered.skipped + $0.undelivered.behind },
        .finding("undelivered.skipped") { $0.undelivered.skipped },
        .finding("undelivered.behind") { $0.undelivered.behind },
        .finding("skipped") { $0.undelivered.skipped },
        .finding("behind") { $0.undelivered.behind },
        .finding("expired_unseen") { $0.expiredUnseen },
        .finding("unprocessed") { $0.unprocessed },
        .finding("redelivered") { $0.redelivered.unacked + $0.redelivered.acked },
        .finding("redelivered.unacked") { $0.redelivered.unacked },
        .finding("redelivered.acked") { $0.redelivered.acked },
        .finding("out_of_order") { $0.outOfOrder },
        .finding("out_of_order_across") { $0.outOfOrderAcross },
        .finding("vanished") { $0.vanished },
        .finding("moved") { $0.moved },
        .finding("stuck") { $0.stuck },
        .finding("acks_lost") { $0.acksLost },
        .finding("aborted_read") { $0.abortedRead },
        .finding("early_read") { $0.earlyRead },
        .finding("torn_read") { $0.tornRead },
        .finding("corrupted") { $0.corrupted },
        deadLetters("poison") { $0.poison },
        deadLetters("moved") { $0.moved },
        deadLetters("missing") { $0.missing },
        .count("deliveries") { $0.deliveries },
        .count("lag.max_events") { $0.lag.maxEvents },
        .time("lag.max") { $0.lag.maxNanoseconds },
        .time("pause.longest") { $0.pause?.longestNanoseconds },
        FigureRow(name: "catch_up", isFinding: false, unit: .nanoseconds) { group in
            // A verdict without pauses is of a time when nobody measured either.
            group.pause == nil ? nil : group.catchUpNanoseconds.map { .amount($0) } ?? .never
        },
    ]

    private static func deadLetters(
        _ name: String, _ value: @escaping @Sendable (Verdict.GroupFigures.DeadLetters) -> Int
    ) -> FigureRow<Verdict.GroupFigures> {
        FigureRow(name: "dead_letters.\(name)", isFinding: true, unit: .count) {
            $0.deadLetters.map { .amount(Int64(value($0))) }
        }
    }

    /// A percentile of nothing is no figure: a trial in which nothing was acknowledged has no latency, not one of 0.
    static let percentiles: [FigureRow<Verdict.Percentiles>] = [
        .count("count") { $0.count },
        .time("p50") { $0.count == 0 ? nil : $0.p50 },
        .time("p90") { $0.count == 0 ? nil : $0.p90 },
        .time("p99") { $0.count == 0 ? nil : $0.p99 },
        .time("p999") { $0.count == 0 ? nil : $0.p999 },
        .time("max") { $0.count == 0 ? nil : $0.max },
    ]

    /// Of each shard.
    static let shard: [FigureRow<Verdict.Shard>] =
        [
            .count("attempted") { $0.attempted },
            .count("acked") { $0.acked },
            .count("lost") { $0.lost },
            .time("longest_gap") { $0.longestGapNanoseconds },
        ]
        + percentiles.map { row in
            FigureRow(name: "ack.\(row.name)", isFinding: row.isFinding, unit: row.unit) { row.value($0.ack) }
        }

    /// Of the log and of each group: agents by the state that they would be restored to.
    static let states: [FigureRow<Verdict.States.Counts>] = [
        .count("intact") { $0.intact },
        .count("repairable") { $0.repairable },
        .count("damaged") { $0.damaged },
    ]

    /// What a verdict has once.
    static let verdict: [FigureRow<Verdict>] = [
        .count("events.attempted") { $0.events.attempted },
        .count("events.acked") { $0.events.acked },
        .count("events.failed") { $0.events.failed },
        .count("events.unknown") { $0.events.unknown },
        .count("transactions.committed") { $0.transactions.committed },
        .count("transactions.aborted") { $0.transactions.aborted },
        .count("transactions.unknown") { $0.transactions.unknown },
        .finding("transactions.torn") { $0.transactions.torn },
        .finding("transactions.leaked") { $0.transactions.leaked },
        .count("loss.tail_agents") { $0.loss.tailAgents },
        .count("loss.hole_agents") { $0.loss.holeAgents },
        .time("loss.window") { $0.loss.windowNanoseconds },
        .count("agents.total") { $0.agents.total },
        .count("agents.intact") { $0.agents.intact },
        .count("agents.repairable") { $0.agents.repairable },
        .count("agents.damaged") { $0.agents.damaged },
        .time("availability.longest_gap") { $0.availability.longestGapNanoseconds },
        FigureRow(name: "availability.recovery", isFinding: false, unit: .nanoseconds) {
            worstRecovery($0.availability)
        },
    ]

    /// Of each log that events went to first.
    static let availability: [FigureRow<Verdict.Availability>] = [
        .time("longest_gap") { $0.longestGapNanoseconds },
        FigureRow(name: "recovery", isFinding: false, unit: .nanoseconds) { worstRecovery($0) },
    ]

    /// Before, during and after a fault.
    static let phases: [(name: String, of: @Sendable (Verdict.Latency.Phases) -> Verdict.Percentiles)] = [
        ("before", { $0.before }), ("during", { $0.during }), ("after", { $0.after }),
    ]

    /// The slowest recovery; never recovered is slower than any. Nil without a fault that had an effect.
    static func worstRecovery(_ availability: Verdict.Availability) -> Figure.Value? {
        availability.recovery.map { $0.nanoseconds.map { .amount($0) } ?? .never }.max()
    }
}
