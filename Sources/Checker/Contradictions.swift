/// Ways in which a history contradicts itself: how often each, and the first in the order in which they were met.
final class Contradictions {
    enum Code: String, CaseIterable {
        case outcomeWithoutAttempt = "outcome-without-attempt"
        case twoOutcomes = "two-outcomes"
        case twoAttempts = "two-attempts"
        case twoCRCs = "two-crcs"
        case twoTransactionEnds = "two-transaction-ends"
        case twoGroupEnds = "two-group-ends"
        case agentInTwoStreams = "agent-in-two-streams"
    }

    private var found: [Code: (first: String, count: Int)] = [:]

    func note(_ code: Code, _ detail: @autoclosure () -> String) {
        if let known = found[code] {
            found[code] = (known.first, known.count + 1)
        } else {
            found[code] = (detail(), 1)
        }
    }

    var reasons: [String] {
        found.map { code, found in
            let more = found.count > 1 ? " (and \(found.count - 1) more)" : ""
            return "\(code.rawValue): \(found.first)\(more)"
        }
    }
}
