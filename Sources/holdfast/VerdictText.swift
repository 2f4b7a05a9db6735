import Checker
import Foundation
import History

/// A verdict for people: the answer first, then every figure that is not zero.
enum VerdictText {
    static func text(_ verdict: Verdict) -> String {
        var text: String
        switch verdict.judgement {
        case .clean: text = "valid: nothing is wrong\n"
        case .wrong: text = "WRONG: see the findings below\n"
        case .invalid: text = "INVALID: no conclusion\n"
        }
        for reason in verdict.invalidReasons { text += "  \(reason)\n" }
        var rows: [(String, String)] = []
        collect(verdict.json, path: [], into: &rows)
        text += "\n" + Columns.text(rows)
        if !verdict.examples.isEmpty { text += "\nexamples (all of them with --json)\n" + examples(of: verdict) }
        return text
    }

    private static func collect(_ json: JSON, path: [String], into rows: inout [(String, String)]) {
        switch json {
        case .object(let members):
            for (name, value) in members where !(path.isEmpty && ["examples", "version", "valid"].contains(name.text)) {
                collect(value, path: path + [name.text], into: &rows)
            }
        case .integer(let number) where number != 0:
            let name = path.joined(separator: ".")
            let isTime = name.hasSuffix("_ns") || (path.first == "latency" && path.last != "count")
            rows.append((name, isTime ? "\(Double(number) / 1e6) ms" : "\(number)"))
        default: return
        }
    }

    private static func examples(of verdict: Verdict) -> String {
        let rows = verdict.examples.sorted { $0.key < $1.key }.map { name, found in
            let shown = found.prefix(3).map(words).joined(separator: ", ")
            return (name.text, shown + (found.count > 3 ? ", …" : ""))
        }
        return Columns.text(rows)
    }

    private static func words(_ example: Verdict.Example) -> String {
        if let agent = example.agent, let seq = example.seq { return "agent \(agent) seq \(seq)" }
        if let transaction = example.transaction { return "transaction \(transaction)" }
        guard let stream = example.stream, let written = example.position else { return "" }
        let position = written.position
        return written.form == .offset
            ? "\(stream) \(position.major)" : "\(stream) \(position.major)-\(position.minor)"
    }
}
