/// How a run compares with an earlier one: cell by cell and figure by figure, by the ranks of the trials' values.
public struct Baseline: Codable, Equatable, Sendable {
    /// When the earlier run began, and of which suite it was.
    public var started: String
    public var suite: String
    public var changes: [Change] = []
    /// Cells of this run that the earlier one did not have, as `CONFIGURATION × FAULT`; and the other way about.
    public var new: [String] = []
    public var gone: [String] = []
    /// Cells with too few valid trials on either side to show anything.
    public var tooFew: [String] = []
    /// How many figures were compared.
    public var compared = 0

    /// A figure that differs by more than chance explains.
    public struct Change: Codable, Equatable, Sendable {
        public var configuration: String
        public var fault: String
        public var figure: String
        public var isTime: Bool
        public var isWorse: Bool
        /// The medians; nil for what never happened.
        public var before: Double?
        public var after: Double?
        /// How likely a difference like that is between two samples of one and the same.
        public var probability: Double
        public var trialsBefore: Int
        public var trialsAfter: Int

        enum CodingKeys: String, CodingKey {
            case configuration, fault, figure
            case isTime = "is_time"
            case isWorse = "is_worse"
            case before, after, probability
            case trialsBefore = "trials_before"
            case trialsAfter = "trials_after"
        }
    }

    enum CodingKeys: String, CodingKey {
        case started, suite, changes, new, gone
        case tooFew = "too_few"
        case compared
    }

    public var worse: [Change] { changes.filter(\.isWorse) }
    public var better: [Change] { changes.filter { !$0.isWorse } }

    /// Of the changes for the worse that are named, so many may be chance; the same for the better. Findings are few and
    /// mostly nothing, so they are a family of their own: measures, which differ from run to run, would drown them.
    private static let falseShares = (findings: 0.05, measures: 0.01)
    /// A median that moved by less than this is of no consequence, however sure it is.
    private static let leastShift = 0.1
    /// Two samples that could not show even this much are not compared.
    private static let usableProbability = 0.05

    init(of run: Summary, against earlier: Summary) {
        (started, suite) = (earlier.started, earlier.suite)
        func key(_ cell: Summary.Cell) -> [String] { [cell.configuration, cell.fault, cell.description ?? ""] }
        func name(_ cell: Summary.Cell) -> String { "\(cell.configuration) × \(cell.fault)" }
        var (findings, measures): ([Change], [Change]) = ([], [])
        for cell in run.cells {
            guard let before = earlier.cells.first(where: { key($0) == key(cell) }) else {
                new.append(name(cell))
                continue
            }
            let (now, then) = (cell.trials.count(where: \.isJudged), before.trials.count(where: \.isJudged))
            guard now > 0, then > 0, RankSum.smallestProbability(now, then) <= Self.usableProbability else {
                tooFew.append(name(cell))
                continue
            }
            for figure in ComparedFigure.all {
                if figure.isFinding {
                    findings += Self.candidates(figure, cell, before)
                } else {
                    measures += Self.candidates(figure, cell, before)
                }
            }
        }
        gone = earlier.cells.filter { cell in !run.cells.contains { key($0) == key(cell) } }.map(name)
        // Both directions are asked of each figure.
        compared = (findings.count + measures.count) / 2
        changes =
            Self.surest(findings, share: Self.falseShares.findings)
            + Self.surest(measures, share: Self.falseShares.measures)
    }

    private static func surest(_ candidates: [Change], share: Double) -> [Change] {
        [true, false].flatMap { isWorse -> [Change] in
            let family = candidates.filter { $0.isWorse == isWorse }
            guard let threshold = FalseDiscoveries.threshold(family.map(\.probability), share: share) else { return [] }
            return family.filter { $0.probability <= threshold && matters($0) }
        }
    }

    /// The figure's change for the worse and for the better, with how likely each is by chance.
    private static func candidates(_ figure: ComparedFigure, _ cell: Summary.Cell, _ before: Summary.Cell) -> [Change] {
        let (now, then) = (figure.values(of: cell), figure.values(of: before))
        guard let after = Spread(now), let earlier = Spread(then) else { return [] }
        // Where every value is the same there is nothing to compare, and no test to count.
        if after.lowest == earlier.lowest, after.highest == earlier.highest, after.lowest == after.highest { return [] }
        return [true, false].map { grew in
            Change(
                configuration: cell.configuration, fault: cell.fault, figure: figure.name,
                isTime: figure.unit == .nanoseconds, isWorse: grew != figure.moreIsBetter,
                before: earlier.median.isFinite ? earlier.median : nil,
                after: after.median.isFinite ? after.median : nil,
                probability: grew
                    ? RankSum.probability(that: now, exceeds: then) : RankSum.probability(that: then, exceeds: now),
                trialsBefore: then.count, trialsAfter: now.count)
        }
    }

    private static func matters(_ change: Change) -> Bool {
        guard let before = change.before, let after = change.after else { return true }
        return abs(after - before) > leastShift * max(before, after)
    }
}
