import Labs
import Platform

/// Rules in a node's own packet filter that carry a mark: exactly those are counted, and taken away again.
struct MarkedRules {
    let node: any Node
    /// Begins the comment of each of them, and of no other's.
    let mark: String
    /// What they are for, in messages.
    let verb: String

    /// Puts rules before all others, each given as its chain and what it matches and does.
    ///
    /// - Parameter part: tells rules of one mark apart, for counting.
    func insert(_ rules: [[String]], part: String = "") throws(FaultError) {
        let comment = part.isEmpty ? mark : "\(mark) \(part)"
        for rule in rules {
            guard let jump = rule.firstIndex(of: "-j") else { preconditionFailure("a rule that does nothing") }
            try iptables(["-I"] + rule[..<jump] + ["-m", "comment", "--comment", comment] + rule[jump...])
        }
    }

    /// Takes away those that are there, and sees that none is left: a fault that failed half-way made only some.
    func remove() throws(FaultError) {
        for rule in try left() { try iptables(["-D"] + rule) }
        guard try left().isEmpty else {
            throw FaultError(.failed, "heal \(node.name): its rules are still there after they were removed")
        }
    }

    /// Packets that the rules of a part have matched.
    func packets(_ part: String) throws(FaultError) -> Int64 {
        let comment = "/* \(mark) \(part) */"
        return try iptables(["-v", "-x", "-n", "-L"]).split(separator: "\n").reduce(0) { sum, line in
            guard line.contains(comment), let word = line.split(separator: " ").first else { return sum }
            return sum + (Int64(word) ?? 0)
        }
    }

    /// The words of each, its chain first.
    private func left() throws(FaultError) -> [[String]] {
        try iptables(["-S"]).split(separator: "\n").filter { $0.contains("--comment \"\(mark)") }.map {
            Array(Self.words(String($0)).dropFirst())
        }.filter { words in words.contains { $0 == mark || $0.hasPrefix(mark + " ") } }
    }

    /// Cuts a line of `iptables -S` into words; quoted ones may have spaces.
    static func words(_ line: String) -> [String] {
        var words: [String] = []
        for (index, piece) in line.split(separator: "\"", omittingEmptySubsequences: false).enumerated() {
            // Every other piece stands between quotes.
            if index % 2 == 1 {
                words.append(String(piece))
            } else {
                words += piece.split(separator: " ").map(String.init)
            }
        }
        return words
    }

    @discardableResult private func iptables(_ arguments: [String]) throws(FaultError) -> String {
        let result: ToolResult
        do { result = try node.runInNetwork("iptables", ["-w"] + arguments) } catch {
            throw FaultError(.failed, "\(verb) \(node.name): \(error.message)")
        }
        guard result.succeeded else {
            throw FaultError(
                .failed, "\(verb) \(node.name): iptables \(arguments.joined(separator: " ")): \(result.errors)")
        }
        return result.output
    }
}
