/// Something that is commonly said of a broker, and how a suite measures it.
public struct Claim: Hashable, Sendable {
    public let id: String
    /// In the suite's own words.
    public let says: String
    /// Who says it.
    public let source: String
    /// The source's figure as it is shown; nil: what `holds` allows.
    public let claimed: String?
    /// Nil: nothing here measures it.
    public let measure: Measure?
    public let onlyIf: Condition?
    /// Why this machine, or Holdfast, cannot refute it. What meets its bounds holds all the same: a machine that is too
    /// small is no reason to doubt what it shows.
    public let untestable: String?

    /// What is measured, where, and what it may be.
    public struct Measure: Hashable, Sendable {
        public var figure: Figure
        public var of: CellPattern
        /// Cells that it is a share of.
        public var against: CellPattern?
        /// So many of them one after the other.
        public var times: Int
        public var holds: ClaimBounds

        public init(
            figure: Figure, of: CellPattern, against: CellPattern? = nil, times: Int = 1, holds: ClaimBounds
        ) {
            (self.figure, self.of, self.against, self.times, self.holds) = (figure, of, against, times, holds)
        }
    }

    /// Under which a claim holds that does not hold everywhere.
    public struct Condition: Codable, Hashable, Sendable {
        /// What stands behind `holds here only if`.
        public var when: String
        /// Where it is met.
        public var of: CellPattern
        /// Nil: the claim's own.
        public var holds: ClaimBounds?

        public init(when: String, of: CellPattern, holds: ClaimBounds? = nil) {
            (self.when, self.of, self.holds) = (when, of, holds)
        }
    }

    /// Refuses a claim that nothing judges, and bounds that are not of what it measures.
    public init(
        id: String, says: String, source: String, claimed: String? = nil, measure: Measure?,
        onlyIf: Condition? = nil, untestable: String? = nil
    ) throws(Refusal) {
        if measure == nil, untestable == nil {
            throw Refusal(
                "nothing measures it", remedy: "add figure, of and holds, or untestable with the reason")
        }
        if measure == nil, onlyIf != nil {
            throw Refusal("only-if has no figure to look at", remedy: "add figure, of and holds, or leave it out")
        }
        if let measure {
            try measure.holds.check(against: measure)
            try onlyIf?.holds?.check(against: measure)
        }
        (self.id, self.says, self.source, self.claimed) = (id, says, source, claimed)
        (self.measure, self.onlyIf, self.untestable) = (measure, onlyIf, untestable)
    }
}

/// Cells by their configuration, their fault and, where a suite has a fault several times, their description.
public struct CellPattern: Hashable, Sendable, CustomStringConvertible {
    public var configuration: Glob
    public var fault: Glob
    public var row: Glob?

    public init(configuration: Glob = .any, fault: Glob = .any, row: Glob? = nil) {
        (self.configuration, self.fault, self.row) = (configuration, fault, row)
    }

    public func matches(configuration: String, fault: String, description: String?) -> Bool {
        self.configuration.matches(configuration) && self.fault.matches(fault)
            && (row?.matches(description ?? "") ?? true)
    }

    func matches(_ cell: Summary.Cell) -> Bool {
        matches(configuration: cell.configuration, fault: cell.fault, description: cell.description)
    }

    public var description: String {
        "\(configuration) × \(fault)" + (row.map { " (\($0))" } ?? "")
    }
}
