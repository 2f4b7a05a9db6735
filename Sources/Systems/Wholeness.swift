import Platform

/// What was found when it was last asked whether a system is whole.
///
/// Waits ask every few milliseconds, and the servers have better things to do. Only a no may be repeated: what was whole a
/// moment ago may have been broken since.
struct Wholeness {
    private var lastNo: Int64?
    /// What stood against it when it was last looked at.
    private(set) var missing = "nothing was asked"

    /// A no is so fresh that it is repeated.
    var isStillNo: Bool {
        lastNo.map { MonotonicClock.now() - $0 < SystemLimits.convergenceNanoseconds } ?? false
    }

    /// Takes what was found now; nil: nothing stands against it. Returns whether the system is whole.
    mutating func take(_ problem: String?) -> Bool {
        (lastNo, missing) = (problem.map { _ in MonotonicClock.now() }, problem ?? "nothing")
        return problem == nil
    }
}
