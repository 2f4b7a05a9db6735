/// Whose histories stay when a trial is over. Verdicts, logs and figures always do.
public enum Keep: String, CaseIterable, Sendable {
    case all
    /// Of trials that are invalid, failed, or break a gate.
    case failed
    case none
}
