import Checker

/// What a report shows of a cell: figures over its valid trials, and how many of the others there are.
///
/// Trials in a circumstance that a gate excepts here are another case under the same name: they have a digest of their
/// own, and no part in the cell's figures.
struct CellDigest {
    let cell: Summary.Cell
    /// The circumstance that sets these trials apart; nil for the cell's own.
    let circumstance: String?
    let apart: [CellDigest]
    let valid: [Summary.Trial]
    let invalid: [Summary.Trial]
    let skipped: [Summary.Trial]
    let failed: [Summary.Trial]

    /// Lost events and the share of acknowledged ones, of the trial that lost most.
    let lost: Share?
    let window: Spread<Int64>?
    let duplicated: Spread<Int64>?
    let reordered: Spread<Int64>?
    let recovery: Spread<Figure.Value>?
    let longestGap: Spread<Int64>?
    let p50: Spread<Int64>?
    let p99: Spread<Int64>?
    /// From a dispatch to the delivery of its result; nil where nobody answers.
    let turn50: Spread<Int64>?
    let turn99: Spread<Int64>?
    /// Nil without faults and turns.
    let latency: LatencyOverview?
    let achieved: Spread<Double>?
    let saturated: Int
    /// Nil without groups.
    let groups: GroupOverview?
    /// Findings that should not be, apart from those above, by name; the worst over the trials.
    let otherWrong: [(name: String, count: Int64)]
    let answer: Answer
    /// Whether these trials alone break a gate: the answer is about losses, and gates are about more.
    let breaksGate: Bool

    /// The share of what was acknowledged that was lost: `12 %`, or `12 % of sent` where nobody acknowledges.
    var lostShare: String? { lost.map { Self.share($0.part, of: $0.whole, in: cell) } }

    static func share(_ part: Int, of whole: Int, in cell: Summary.Cell) -> String {
        let share = Format.share(part, of: whole)
        return cell.acknowledged.map { "\(share) of \($0)" } ?? share
    }

    struct Share: Sendable {
        var part: Int
        var whole: Int
        /// In how many of the valid trials it was above zero.
        var trialsWith: Int
    }

    init(_ cell: Summary.Cell, gates: [GateOutcome]) {
        let excepted = gates.map(\.gate)
            .filter { $0.configuration.matches(cell.configuration) && $0.fault.matches(cell.fault) }.flatMap(\.except)
        func circumstance(of trial: Summary.Trial) -> String? {
            guard trial.isJudged else { return nil }
            return trial.circumstances.map(\.name).first { excepted.contains($0) }
        }
        let apart = Dictionary(grouping: cell.trials) { circumstance(of: $0) }
        var own = cell
        own.trials = apart[nil] ?? []
        let digests = apart.compactMap { name, trials in
            name.map { name in
                var other = cell
                other.trials = trials
                return CellDigest(of: other, circumstance: name, apart: [], gates: gates)
            }
        }
        self.init(
            of: own, circumstance: nil,
            apart: digests.sorted { ($0.circumstance ?? "") < ($1.circumstance ?? "") }, gates: gates)
    }

    private init(of cell: Summary.Cell, circumstance: String?, apart: [CellDigest], gates: [GateOutcome]) {
        (self.cell, self.circumstance, self.apart) = (cell, circumstance, apart)
        valid = cell.trials.filter(\.isJudged)
        invalid = cell.trials.filter(\.isInvalid)
        skipped = cell.trials.filter { $0.status == .skipped }
        failed = cell.trials.filter { $0.status == .failed }
        let trials = valid
        let verdicts = trials.compactMap(\.verdict)
        func spread(_ value: (Verdict) -> Int64) -> Spread<Int64>? { Spread(verdicts.map(value)) }

        lost = verdicts.max { ($0.log.lost, $1.events.acked) < ($1.log.lost, $0.events.acked) }.map { worst in
            Share(part: worst.log.lost, whole: worst.events.acked, trialsWith: verdicts.count { $0.log.lost > 0 })
        }
        window = spread { $0.loss.windowNanoseconds }
        duplicated = spread { Int64($0.log.duplicated.retried + $0.log.duplicated.unexplained) }
        reordered = spread { Int64($0.log.reordered.retried + $0.log.reordered.unexplained) }
        recovery = Spread(verdicts.compactMap { FigureRows.worstRecovery($0.waitedAvailability) })
        longestGap = Spread(
            verdicts.filter { $0.events.attempted > 0 }.map { $0.waitedAvailability.longestGapNanoseconds })
        let acks = verdicts.map(\.waitedLatency).filter { $0.count > 0 }
        p50 = Spread(acks.map(\.p50))
        p99 = Spread(acks.map(\.p99))
        let turns = verdicts.compactMap(\.latency.turn).filter { $0.count > 0 }
        turn50 = Spread(turns.map(\.p50))
        turn99 = Spread(turns.map(\.p99))
        latency = LatencyOverview(trials)
        achieved = Spread(trials.compactMap(\.rate.achieved))
        saturated = trials.count { $0.rate.saturated }
        groups = GroupOverview(trials)
        otherWrong = WrongFindings.others(in: verdicts)
        let own = Answer(cell: cell, valid: trials, otherWrong: otherWrong, gates: gates)
        breaksGate = gates.contains { $0.gate.judged(over: [cell]).held == false }
        answer = own == .absent && !apart.isEmpty ? .apart : own
    }

}
