import Checker

/// What a comparison shows of a cell's latency beside its own columns: acknowledgements of what agents wait for, before,
/// during and after the fault, and whole turns. Medians over the trials.
struct LatencyOverview {
    private struct Pair {
        var p50: Spread<Int64>?
        var p99: Spread<Int64>?

        init(_ found: [Verdict.Percentiles]) {
            let found = found.filter { $0.count > 0 }
            (p50, p99) = (Spread(found.map(\.p50)), Spread(found.map(\.p99)))
        }

        var cells: [String] { [p50, p99].map { $0.map { Format.time($0.median) } ?? Format.nothing } }
    }

    private let phases: [Pair]
    private let turn: Pair

    /// Nil if no trial has a fault or turns.
    init?(_ trials: [Summary.Trial]) {
        let latencies = trials.compactMap(\.verdict?.latency)
        guard latencies.contains(where: { $0.phases != nil || $0.turn != nil }) else { return nil }
        let found = latencies.compactMap(\.phases)
        phases = FigureRows.phases.map { phase in Pair(found.map(phase.of)) }
        turn = Pair(latencies.compactMap(\.turn))
    }

    static let columns = [
        "Before p50", "Before p99", "During p50", "During p99", "After p50", "After p99", "Turn p50", "Turn p99",
    ]

    var cells: [String] { phases.flatMap(\.cells) + turn.cells }

    static let remark =
        "Latency: from the intended time to the acknowledgement, of events intended before, during and after the fault "
        + "(from its first effect until it was healed); of a hybrid, what went to the hot tier. Turn: from a dispatch's "
        + "intended time to the delivery of its result. Of several trials the median."
}
