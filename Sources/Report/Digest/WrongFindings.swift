import Checker
import History

/// Findings in the contract's *wrong* column: any of them makes `check` exit with 1.
enum WrongFindings {
    private static let log: Set<String> = [
        "lost", "corrupted", "diverged", "misplaced", "backdated", "unexpected.failed", "unexpected.never_attempted",
        "unexpected.foreign", "duplicated.unexplained", "reordered.unexplained",
    ]
    private static let group: Set<String> = [
        "undelivered.skipped", "expired_unseen", "unprocessed", "out_of_order", "vanished", "moved", "acks_lost",
        "aborted_read", "early_read", "torn_read", "corrupted", "dead_letters.missing",
    ]

    /// Those of a verdict that are not zero, by the dotted names of its examples (without `log.`).
    static func all(in verdict: Verdict) -> [(name: String, count: Int64)] {
        var found: [(name: String, count: Int64)] = []
        func add<Part>(_ rows: [FigureRow<Part>], _ wrong: Set<String>, of part: Part, in prefix: String) {
            for row in rows where wrong.contains(row.name) {
                guard let count = row.value(part)?.amount, count > 0 else { continue }
                found.append((prefix + row.name, count))
            }
        }
        add(FigureRows.log, log, of: verdict.log, in: "")
        var further = (verdict.logs ?? [:]).sorted { $0.key < $1.key }
        // The log of record is among them under its own name; its figures are counted above.
        if let ofRecord = further.firstIndex(where: { $0.value == verdict.log }) { further.remove(at: ofRecord) }
        for (name, figures) in further {
            add(FigureRows.log, log, of: figures, in: "logs.\(name.text).")
        }
        add(FigureRows.verdict, ["transactions.torn", "transactions.leaked"], of: verdict, in: "")
        for (name, figures) in verdict.groups.sorted(by: { $0.key < $1.key }) {
            add(FigureRows.group, group, of: figures, in: "groups.\(name.text).")
        }
        return found
    }

    /// Without `lost`, which has columns of its own; the worst over several verdicts.
    static func others(in verdicts: [Verdict]) -> [(name: String, count: Int64)] {
        var worst: [(name: String, count: Int64)] = []
        for finding in verdicts.flatMap(all(in:)) where finding.name != "lost" {
            if let index = worst.firstIndex(where: { $0.name == finding.name }) {
                worst[index].count = max(worst[index].count, finding.count)
            } else {
                worst.append(finding)
            }
        }
        return worst
    }
}
