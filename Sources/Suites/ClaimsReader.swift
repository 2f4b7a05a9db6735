import Documents
import Report

/// Reads `claims`: what is said of the brokers, and what of the suite's cells speaks for or against it.
enum ClaimsReader {
    /// A claim, with the patterns whose cells there must be and where they stand.
    struct Entry {
        var claim: Claim
        var patterns: [(pattern: CellPattern, place: Value)] = []
    }

    static func read(_ value: Value?) throws(Diagnostic) -> [Entry] {
        var entries: [Entry] = []
        for item in try value?.list() ?? [] {
            let entry = try entry(item)
            guard !entries.contains(where: { $0.claim.id == entry.claim.id }) else {
                throw item.diagnostic("another claim has the id \(shown(entry.claim.id))", remedy: "rename one")
            }
            entries.append(entry)
        }
        return entries
    }

    private static func entry(_ value: Value) throws(Diagnostic) -> Entry {
        var fields = try Fields(value, of: "a claim")
        let id = try identifier(try fields.required("id", such: "id: redis-p50"))
        let says = try fields.required("says", such: "what is claimed, in your own words").name()
        let source = try fields.required("source", such: "who says it").name()
        let claimed = try fields.optional("claimed")?.name()
        let finding = try fields.optional("finding")
        let figure = try fields.optional("figure")
        let of = try fields.optional("of")
        let against = try fields.optional("against")
        let times = try fields.optional("times")?.wholeNumber(in: 1...1_000_000)
        let holds = try fields.optional("holds")
        let onlyIf = try fields.optional("only-if")
        let untestable = try fields.optional("untestable")?.name()
        try fields.finish()

        var patterns: [(pattern: CellPattern, place: Value)] = []
        var measure: Claim.Measure?
        if let named = finding ?? figure {
            if finding != nil, let figure {
                throw figure.diagnostic("stands beside finding", remedy: "a claim is of one figure: write two claims")
            }
            let name = try named.name()
            let parsed = try JudgementReader.at(named) { () throws(Refusal) in
                finding != nil ? try Figure.parse(finding: name) : try Figure.parse(figure: name)
            }
            guard let of else { throw missing("of", in: value, such: "{configuration: \"always*\", fault: none}") }
            guard let holds else { throw missing("holds", in: value, such: "{max: 5ms}") }
            let cells = try pattern(of)
            patterns.append((cells, of))
            var others: CellPattern?
            if let against {
                let read = try pattern(against)
                patterns.append((read, against))
                others = read
            }
            measure = Claim.Measure(
                figure: parsed, of: cells, against: others, times: times ?? 1, holds: try bounds(holds))
        } else if let field = of ?? against ?? holds {
            throw field.diagnostic("has no figure that it is about", remedy: "add figure: or finding:, or leave it out")
        }
        var condition: Claim.Condition?
        if let onlyIf {
            let (read, place) = try Self.condition(onlyIf)
            condition = read
            patterns.append((read.of, place))
        }
        let claim = try JudgementReader.at(holds ?? value) { () throws(Refusal) in
            try Claim(
                id: id, says: says, source: source, claimed: claimed, measure: measure, onlyIf: condition,
                untestable: untestable)
        }
        return Entry(claim: claim, patterns: patterns)
    }

    /// It is part of an address.
    private static func identifier(_ value: Value) throws(Diagnostic) -> String {
        let id = try value.name()
        guard id.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D }) else {
            throw value.diagnostic(
                "\(shown(id)) is no id", remedy: "write small letters, digits and dashes, such as redis-p50")
        }
        return id
    }

    private static func condition(_ value: Value) throws(Diagnostic) -> (Claim.Condition, place: Value) {
        var fields = try Fields(value, of: "only-if")
        let when = try fields.required("when", such: "what follows `holds here only if`").name()
        let of = try fields.required("of", such: "{configuration: \"always*\"}")
        let holds = try fields.optional("holds")
        try fields.finish()
        let wanted: ClaimBounds? = if let holds { try bounds(holds) } else { nil }
        return (Claim.Condition(when: when, of: try pattern(of), holds: wanted), of)
    }

    private static func pattern(_ value: Value) throws(Diagnostic) -> CellPattern {
        var fields = try Fields(value, of: "cells")
        func glob(_ name: String) throws(Diagnostic) -> Glob? {
            guard let value = try fields.optional(name) else { return nil }
            return Glob(try value.name())
        }
        let pattern = CellPattern(
            configuration: try glob("configuration") ?? .any, fault: try glob("fault") ?? .any,
            row: try glob("description"))
        try fields.finish()
        return pattern
    }

    private static func bounds(_ value: Value) throws(Diagnostic) -> ClaimBounds {
        var fields = try Fields(value, of: "holds")
        func level(_ name: String) throws(Diagnostic) -> ClaimBounds.Level? {
            guard let value = try fields.optional(name) else { return nil }
            let text = try value.string()
            return try JudgementReader.at(value) { () throws(Refusal) in try ClaimBounds.Level.parse(text) }
        }
        let (least, most) = (try level("min"), try level("max"))
        try fields.finish()
        return try JudgementReader.at(value) { () throws(Refusal) in try ClaimBounds(min: least, max: most) }
    }

    private static func missing(_ name: String, in value: Value, such example: String) -> Diagnostic {
        var place = value
        place.path += ".\(name)"
        return place.diagnostic("is missing, and a claim with a figure needs it", remedy: "add it, such as \(example)")
    }
}
