import Checker
import History

extension Remarks {
    /// The first example of what a figure counts; for a loss window, of a lost event.
    static func example(of figure: Figure, in trial: Summary.Trial?) -> Verdict.Example? {
        guard let examples = trial?.verdict?.examples else { return nil }
        let full = figure.fullName
        var name = full.hasPrefix("log.") ? String(full.dropFirst(4)) : full
        if name.hasPrefix("loss.") || name == "agents.damaged" { name = "lost" }
        if let exact = examples[Name(name)]?.first { return exact }
        // A sum has the examples of its parts; a name with `*`, those of what it stands for.
        return examples.sorted { $0.key < $1.key }.first { key, _ in
            key.text.hasPrefix(name + ".") || Glob(name).matches(key.text)
        }?.value.first
    }
}
