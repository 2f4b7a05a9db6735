import History

/// The examples of all findings, by dotted name, as they go into the verdict.
final class ExampleBook {
    private let evidence: Evidence
    private(set) var examples: [Name: [Verdict.Example]] = [:]

    init(_ evidence: Evidence) { self.evidence = evidence }

    /// Of events, by slot.
    func add(_ name: String, events: FirstHundred<Int>) { add(name, events.keys.map(evidence.example)) }

    func add(_ name: String, places: FirstHundred<Place>) { add(name, places.keys.map(evidence.example)) }

    func add(_ name: String, attempts: FirstHundred<AttemptKey>) {
        add(
            name,
            attempts.keys.map { key in
                var example = evidence.example(key.slot)
                example.attemptNumber = key.number
                return example
            })
    }

    func add(_ name: String, transactions: FirstHundred<Name>) {
        add(
            name,
            transactions.keys.map { id in
                var example = Verdict.Example()
                example.transaction = id.text
                return example
            })
    }

    private func add(_ name: String, _ found: [Verdict.Example]) {
        if !found.isEmpty { examples[Name(name)] = found }
    }
}

/// An attempt in the order of examples.
struct AttemptKey: Comparable {
    var slot: Int
    var number: Int64

    static func < (a: AttemptKey, b: AttemptKey) -> Bool {
        a.slot != b.slot ? a.slot < b.slot : a.number < b.number
    }
}
