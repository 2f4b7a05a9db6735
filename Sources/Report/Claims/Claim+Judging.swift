import Checker

extension Claim {
    /// The claim's outcome over cells.
    ///
    /// It holds if every cell that it is about is within its bounds. One that is not refutes it, whatever the others say;
    /// one without a valid trial leaves it open. Latencies of saturated trials say nothing, as for gates.
    public func judged(over cells: [Summary.Cell]) -> ClaimOutcome {
        var outcome = ClaimOutcome(claim: self)
        guard let measure else {
            (outcome.verdict, outcome.reason) = (.untestable, untestable)
            return outcome
        }
        var open: [(cell: Summary.Cell, reason: String)] = []
        for cell in cells where measure.of.matches(cell) {
            switch measured(cell, measure, in: cells) {
            case .success(let value): outcome.measured.append(value)
            case .failure(let gap): open.append((cell, gap.reason))
            }
        }
        let isRefuted = outcome.measured.contains { $0.departure != nil }
        if isRefuted, let onlyIf, isMet(onlyIf, measure, open.map(\.cell), cells, &outcome.measured) {
            outcome.verdict = .onlyIf
        } else if isRefuted {
            (outcome.verdict, outcome.reason) = untestable == nil ? (.doesNot, nil) : (.untestable, untestable)
        } else if outcome.measured.isEmpty || !open.isEmpty {
            (outcome.verdict, outcome.reason) = (.notMeasured, Self.text(of: open))
        } else {
            outcome.verdict = .holds
        }
        return outcome
    }

    private struct Gap: Error {
        var reason: String
    }

    /// Every cell that meets the condition was measured, and is within its bounds.
    private func isMet(
        _ condition: Condition, _ measure: Measure, _ open: [Summary.Cell], _ cells: [Summary.Cell],
        _ measured: inout [ClaimOutcome.Measured]
    ) -> Bool {
        let bounds = condition.holds ?? measure.holds
        var values = measured.filter(\.isCondition)
        var isComplete = !open.contains(where: condition.of.matches)
        // A condition may be met where the claim does not look by itself.
        for cell in cells where condition.of.matches(cell) && !measure.of.matches(cell) {
            guard case .success(var value) = self.measured(cell, measure, in: cells) else {
                isComplete = false
                continue
            }
            value.departure = bounds.departure(of: Self.compared(value, measure))
            measured.append(value)
            values.append(value)
        }
        return isComplete && !values.isEmpty
            && values.allSatisfy { bounds.departure(of: Self.compared($0, measure)) == nil }
    }

    private static func text(of open: [(cell: Summary.Cell, reason: String)]) -> String {
        if open.isEmpty { return "no such cell was run" }
        return open.map { "\($0.cell.configuration) × \($0.cell.fault): \($0.reason)" }.joined(separator: "; ")
    }

    private func measured(
        _ cell: Summary.Cell, _ measure: Measure, in cells: [Summary.Cell]
    ) -> Result<ClaimOutcome.Measured, Gap> {
        let values: Spread<Figure.Value>
        switch Self.values(of: measure.figure, in: [cell]) {
        case .success(let found): values = found
        case .failure(let gap): return .failure(gap)
        }
        func amount(_ value: Figure.Value) -> Double? { value.amount.map { Double($0) * Double(measure.times) } }
        var result = ClaimOutcome.Measured(
            configuration: cell.configuration, fault: cell.fault, description: cell.description,
            value: amount(measure.figure.ofTrials(values)), lowest: amount(values.lowest),
            highest: amount(values.highest), trials: values.count,
            isCondition: onlyIf?.of.matches(cell) ?? false)
        if let against = measure.against {
            // What the pattern leaves out is the cell's own.
            let others = cells.filter { other in
                against.matches(other)
                    && (against.fault != .any
                        || (other.fault == cell.fault
                            && (against.row != nil || other.description == cell.description)))
            }
            switch Self.values(of: measure.figure, in: others) {
            case .failure(let gap): return .failure(Gap(reason: "nothing to hold it against: \(gap.reason)"))
            case .success(let other):
                guard let whole = amount(measure.figure.ofTrials(other)) else {
                    return .failure(Gap(reason: "what it is held against never happened"))
                }
                result.against = whole
                result.share = result.value.flatMap { part in
                    whole > 0 ? part / whole * 100 : part > 0 ? nil : 100
                }
            }
        }
        result.departure = measure.holds.departure(of: Self.compared(result, measure))
        return .success(result)
    }

    /// What the bounds are put on; never is more than anything, and so is something against nothing.
    private static func compared(_ measured: ClaimOutcome.Measured, _ measure: Measure) -> Double {
        (measure.against == nil ? measured.value : measured.share) ?? .infinity
    }

    private static func values(
        of figure: Figure, in cells: [Summary.Cell]
    ) -> Result<Spread<Figure.Value>, Gap> {
        let trials = cells.flatMap(\.trials)
        let judged = trials.filter(\.isJudged)
        let comparable = judged.filter { !(figure.isLatency && $0.rate.saturated) }
        if let values = Spread(comparable.compactMap { figure.value(in: $0) }) { return .success(values) }
        if !comparable.isEmpty { return .failure(Gap(reason: "no trial has \(figure)")) }
        if !judged.isEmpty { return .failure(Gap(reason: "saturated: its latencies compare with nothing")) }
        guard let trial = trials.first else { return .failure(Gap(reason: "no trial was run")) }
        return .failure(Gap(reason: "no valid trial (\(Remarks.reason(of: trial)))"))
    }
}

extension Figure {
    /// Of one trial, with what no verdict has.
    func value(in trial: Summary.Trial, smallest: Bool = false) -> Value? {
        trial.verdict.flatMap {
            value(in: $0, refusedStarts: trial.refusedStarts, achieved: trial.rate.achieved, smallest: smallest)
        }
    }

    /// What stands for several trials: of what always differs a little the median, of what should not be the worst.
    func ofTrials(_ values: Spread<Value>) -> Value { isMeasure ? values.median : values.highest }

    private var isMeasure: Bool { isLatency || parts.first == "rate" }
}
