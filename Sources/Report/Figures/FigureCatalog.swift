import Checker
import History

/// The figures that there are by their full names, and those of one verdict.
enum FigureCatalog {
    struct Entry: Sendable {
        /// Part by part; `*` where the verdict has a name (of a group, of a log).
        var parts: [String]
        var isFinding: Bool
        var unit: Figure.Unit

        var name: String { parts.joined(separator: ".") }
    }

    static let entries: [Entry] =
        rows(FigureRows.log, in: ["log"]) + rows(FigureRows.verdict, in: [])
        + [Entry(parts: ["refused_starts"], isFinding: false, unit: .count)]
        + [Entry(parts: ["rate", "achieved"], isFinding: false, unit: .count)]
        + rows(FigureRows.percentiles, in: ["latency", "ack"])
        + rows(FigureRows.percentiles, in: ["latency", "turn"])
        + rows(FigureRows.percentiles, in: ["latency", "delivery", "*"])
        + rows(FigureRows.percentiles, in: ["latency", "logs", "*"])
        + FigureRows.phases.flatMap { rows(FigureRows.percentiles, in: ["latency", "phases", $0.name]) }
        + rows(FigureRows.availability, in: ["availability", "logs", "*"])
        + rows(FigureRows.states, in: ["states", "log"]) + rows(FigureRows.states, in: ["states", "groups", "*"])
        + rows(FigureRows.shard, in: ["shards", "*"]) + rows(FigureRows.group, in: ["groups", "*"])
        + rows(FigureRows.log, in: ["logs", "*"])

    /// Names to offer: findings of the log without `log.`, as people write them.
    static let findings: [String] = entries.filter(\.isFinding).filter { $0.parts[0] != "logs" }
        .map { $0.parts[0] == "log" ? $0.parts.dropFirst().joined(separator: ".") : $0.name }

    static let figures: [String] = entries.filter { !$0.isFinding && $0.parts[0] != "logs" }.map(\.name)

    private static func rows<Part>(_ rows: [FigureRow<Part>], in prefix: [String]) -> [Entry] {
        rows.map { Entry(parts: prefix + split($0.name), isFinding: $0.isFinding, unit: $0.unit) }
    }

    /// Whether a written name can stand for a figure. `*` on either side is one part; but a name in a verdict may
    /// have dots of its own, so where the figure has a name, several written parts may stand for it.
    static func matches(_ written: [String], _ parts: [String]) -> Bool {
        guard let last = parts.indices.last(where: { parts[$0] == "*" }) else {
            return written.count == parts.count && zip(written, parts).allSatisfy { $0 == "*" || $0 == $1 }
        }
        let tail = parts.count - last - 1
        guard written.count >= parts.count else { return false }
        let head = written.prefix(last)
        let rest = written.suffix(tail)
        return zip(head, parts).allSatisfy { $0 == "*" || $0 == $1 }
            && zip(rest, parts[(last + 1)...]).allSatisfy { $0 == "*" || $0 == $1 }
            && !written[last..<(written.count - tail)].contains("")
    }

    /// Whether a written name stands for a figure that a verdict has.
    static func matches(_ written: [String], _ figure: NamedParts) -> Bool {
        guard let name = figure.name else { return matches(written, figure.parts) }
        guard matches(written, figure.parts) else { return false }
        let place = figure.parts.lastIndex(of: "*") ?? 0
        let middle = written[place..<(written.count - (figure.parts.count - place - 1))]
        return Array(middle) == ["*"] || middle.joined(separator: ".").utf8.elementsEqual(name.utf8)
    }

    /// Parts of a figure, with the name that `*` stands for, if it has one.
    struct NamedParts {
        var parts: [String]
        var name: String?
    }

    /// Every figure that a trial has.
    static func values(
        of verdict: Verdict, refusedStarts: Int, achieved: Double?
    ) -> [(parts: NamedParts, value: Figure.Value)] {
        var values: [(parts: NamedParts, value: Figure.Value)] = []
        func add<Part>(_ rows: [FigureRow<Part>], of part: Part, in prefix: [String], named name: String? = nil) {
            for row in rows {
                guard let value = row.value(part) else { continue }
                values.append((NamedParts(parts: prefix + split(row.name), name: name), value))
            }
        }
        add(FigureRows.log, of: verdict.log, in: ["log"])
        add(FigureRows.verdict, of: verdict, in: [])
        add(FigureRows.percentiles, of: verdict.latency.ack, in: ["latency", "ack"])
        if let turn = verdict.latency.turn { add(FigureRows.percentiles, of: turn, in: ["latency", "turn"]) }
        if let phases = verdict.latency.phases {
            for phase in FigureRows.phases {
                add(FigureRows.percentiles, of: phase.of(phases), in: ["latency", "phases", phase.name])
            }
        }
        for (name, figures) in verdict.latency.logs ?? [:] {
            add(FigureRows.percentiles, of: figures, in: ["latency", "logs", "*"], named: name.text)
        }
        for (name, figures) in verdict.availability.logs ?? [:] {
            add(FigureRows.availability, of: figures, in: ["availability", "logs", "*"], named: name.text)
        }
        for (name, figures) in verdict.latency.delivery {
            add(FigureRows.percentiles, of: figures, in: ["latency", "delivery", "*"], named: name.text)
        }
        for (name, figures) in verdict.groups {
            add(FigureRows.group, of: figures, in: ["groups", "*"], named: name.text)
        }
        if let states = verdict.states {
            add(FigureRows.states, of: states.log, in: ["states", "log"])
            for (name, counts) in states.groups {
                add(FigureRows.states, of: counts, in: ["states", "groups", "*"], named: name.text)
            }
        }
        for (name, figures) in verdict.shards ?? [:] {
            add(FigureRows.shard, of: figures, in: ["shards", "*"], named: name.text)
        }
        for (name, figures) in verdict.logs ?? [:] {
            add(FigureRows.log, of: figures, in: ["logs", "*"], named: name.text)
        }
        values.append((NamedParts(parts: ["refused_starts"], name: nil), .amount(Int64(refusedStarts))))
        if let achieved {
            let rate = Int64(clamping: Int(achieved.rounded()))
            values.append((NamedParts(parts: ["rate", "achieved"], name: nil), .amount(rate)))
        }
        return values
    }

    private static func split(_ name: String) -> [String] { name.split(separator: ".").map(String.init) }
}
