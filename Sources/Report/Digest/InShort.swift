/// What each configuration loses, a sentence each: the answer for whoever has a minute.
enum InShort {
    struct Line {
        let configuration: String
        let loses: Bool
        /// What follows the name.
        let text: String
    }

    /// Of those configurations that a fault struck in a valid trial, in the suite's order.
    static func lines(of digest: RunDigest) -> [Line] {
        digest.configurations.compactMap { row in
            let struck = row.cells.flatMap { [$0] + $0.apart }.filter { $0.cell.fault != "none" && $0.lost != nil }
            if struck.isEmpty { return nil }
            let losing = struck.filter { ($0.lost?.part ?? 0) > 0 }.sorted { share(of: $1) < share(of: $0) }
            let names = losing.map(name)
            let clean = unique(struck.filter { ($0.lost?.part ?? 0) == 0 }.map(name)).filter { !names.contains($0) }
            var parts: [String] = []
            if !losing.isEmpty {
                parts.append("loses " + unique(losing.map(loss)).joined(separator: ", "))
            }
            if !clean.isEmpty {
                parts.append(
                    (losing.isEmpty ? "loses nothing under " : "nothing under ") + clean.joined(separator: ", "))
            }
            return Line(configuration: row.name, loses: !losing.isEmpty, text: parts.joined(separator: "; "))
        }
    }

    private static func name(_ digest: CellDigest) -> String {
        digest.cell.fault + (digest.circumstance.map { " (\($0))" } ?? "")
    }

    /// `18 % (0.85 s) under power-loss`; of so few events that a share means nothing, their number.
    private static func loss(_ digest: CellDigest) -> String {
        guard let lost = digest.lost else { return "" }
        let window = digest.window.map { $0.highest > 0 ? " (\(Format.window($0.highest)))" : "" } ?? ""
        let isTiny = lost.part * 1000 < lost.whole
        let amount = isTiny ? Format.plural(lost.part, "event") : Format.share(lost.part, of: lost.whole) + window
        return "\(amount) under \(name(digest))"
    }

    private static func share(of digest: CellDigest) -> Double {
        digest.lost.map { $0.whole > 0 ? Double($0.part) / Double($0.whole) : 0 } ?? 0
    }

    private static func unique(_ texts: [String]) -> [String] {
        texts.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    static let title = "Of the events that were acknowledged, in the worst trial:"
}
