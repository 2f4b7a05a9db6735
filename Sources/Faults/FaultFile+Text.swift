import Documents

extension FaultFile {
    /// The fault as a person reads it: what it is, what it applies to, its timeline, and how each step proves itself.
    public var explanation: String {
        var lines = [name, "  " + about, "applies to: " + appliesTo.joined(separator: ", ")]
        for parameter in parameters { lines.append("parameter \(parameter.name): \(parameter.value.flow)") }
        lines.append("timeline:" + (timeline.isEmpty ? " nothing" : ""))
        lines += timeline.flatMap { FaultFile.lines($0, indent: "  ") }
        let used = timeline.verbs.map { $0 as any Verb }
        let kinds = Verbs.all.filter { kind in used.contains { type(of: $0) == kind } }
        if !kinds.isEmpty { lines.append("an effect is proven when") }
        for kind in kinds {
            lines.append("  \(kind.name): \(kind.proof)")
        }
        return lines.joined(separator: "\n")
    }

    private static func lines(_ step: Step, indent: String) -> [String] {
        switch step.action {
        case .act, .wait:
            return [indent + step.source.flow]
        case .each(let nodes, let steps):
            return [indent + "for each of \(nodes), one after the other:"]
                + steps.flatMap { lines($0, indent: indent + "  ") }
        case .repeat(let repetition):
            let times = repetition.times.map { "\($0) times" } ?? "until the end"
            return [indent + "\(times), every \(repetition.every.written):"]
                + repetition.steps.flatMap { lines($0, indent: indent + "  ") }
        }
    }
}
