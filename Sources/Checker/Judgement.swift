extension Verdict {
    /// What `holdfast check` exits with.
    public enum Judgement: Int32, Sendable {
        /// Valid, and nothing wrong.
        case clean = 0
        /// Something in the *wrong* column of the contract's section 4.
        case wrong = 1
        /// The history allows no conclusion, whatever it counted.
        case invalid = 3

        public var exitCode: Int32 { rawValue }
    }

    public var judgement: Judgement { !valid ? .invalid : isWrong ? .wrong : .clean }

    /// Whether anything that the contract calls wrong was found in any log, transaction or group.
    public var isWrong: Bool {
        log.isWrong || (logs ?? [:]).values.contains(where: \.isWrong) || transactions.torn > 0
            || transactions.leaked > 0 || groups.values.contains(where: \.isWrong)
    }
}

extension Verdict.LogFigures {
    public var isWrong: Bool {
        lost > 0 || corrupted > 0 || diverged > 0 || misplaced > 0 || backdated > 0 || unexpected.failed > 0
            || unexpected.neverAttempted > 0 || unexpected.foreign > 0 || duplicated.unexplained > 0
            || reordered.unexplained > 0
    }
}

extension Verdict.GroupFigures {
    public var isWrong: Bool {
        undelivered.skipped > 0 || expiredUnseen > 0 || unprocessed > 0 || outOfOrder > 0 || vanished > 0 || moved > 0
            || acksLost > 0 || abortedRead > 0 || earlyRead > 0 || tornRead > 0 || corrupted > 0
            || (deadLetters?.missing ?? 0) > 0
    }
}
