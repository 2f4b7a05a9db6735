import History

/// Why a history allows no conclusion: what is missing from it, and where it contradicts itself.
struct Invalid {
    /// So many reasons of one code are given one by one.
    private static let reasonsMax = 100

    let evidence: Evidence

    /// Sorted by their bytes.
    var reasons: [String] {
        var reasons = evidence.contradictions.reasons
        if evidence.history.ends == 0 { reasons.append("no-end") }
        if evidence.passes.isEmpty { reasons.append("no-replay") }
        reasons += limited("gap", gaps)
        reasons += limited("fault-without-effect", faultsWithoutEffect)
        reasons += limited("replay-incomplete", incompleteStreams)
        return reasons.map { Name($0) }.sorted().map(\.text)
    }

    private func limited(_ code: String, _ details: [String]) -> [String] {
        var reasons = details.prefix(Invalid.reasonsMax).map { "\(code): \($0)" }
        if details.count > Invalid.reasonsMax {
            reasons.append("\(code): and \(details.count - Invalid.reasonsMax) more")
        }
        return reasons
    }

    private var gaps: [String] {
        let names = evidence.history.names
        var seen: Set<Name> = []
        return evidence.survey.gaps.compactMap { gap in
            let text = "\(names[gap.worker]): \(names[gap.reason])"
            return seen.insert(Name(text)).inserted ? text : nil
        }
    }

    private var faultsWithoutEffect: [String] {
        let faults = evidence.history.faults
        let effects = Set(faults.filter { $0.phase == .effect }.map(\.id))
        var begun: [Int64: String] = [:]
        for fault in faults where fault.phase == .begin && !effects.contains(fault.id) {
            begun[fault.id] = begun[fault.id] ?? fault.action
        }
        return begun.sorted { $0.key < $1.key }.map { "fault \($0.key) (\($0.value))" }
    }

    /// Streams with an outcome `acked`, an entry or a delivery that some pass did not read to its end.
    private var incompleteStreams: [String] {
        var ended: [Int: Int] = [:]
        for key in evidence.survey.replayEnds { ended[key.stream, default: 0] += 1 }
        var incomplete: [String] = []
        for (place, number) in evidence.streams.numbers.enumerated() where number >= 0 {
            guard evidence.survey.uses[number] & Survey.Use.replayed != 0 else { continue }
            let passes = ended[number] ?? 0
            if passes < evidence.passes.count {
                let missing = evidence.passes.first { pass in
                    !evidence.survey.replayEnds.contains(Survey.PassKey(stream: number, pass: pass))
                }
                incomplete.append("stream \(evidence.streams.names[place]), pass \(missing ?? 0)")
            }
        }
        return incomplete
    }
}
