import Documents
import Report

/// Reads `slo`: names of findings and figures with what they may be at the most, and `replay`.
enum ObjectivesReader {
    static func read(_ value: Value) throws(Diagnostic) -> Objectives {
        var objectives: [Objectives.Objective] = []
        var replay: Int64?
        for (key, bound) in try value.mapping() {
            let name = try key.name()
            if name == "replay" {
                replay = try bound.duration(in: .seconds(1)...(.seconds(315_360_000))).wholeNanoseconds
                continue
            }
            let text = try bound.string()
            let figure = try JudgementReader.at(key) { () throws(Refusal) in
                do { return try Figure.parse(finding: name) } catch { return try Figure.parse(figure: name) }
            }
            objectives.append(
                try JudgementReader.at(bound) { () throws(Refusal) in
                    try Objectives.Objective(figure: figure, max: try Bound.parse(text))
                })
        }
        guard !objectives.isEmpty || replay != nil else {
            throw value.diagnostic("sets no objective", remedy: "write one, such as lost: 0, or leave slo out")
        }
        return Objectives(objectives: objectives, replayNanoseconds: replay)
    }
}
