import CLinux

/// CLOCK_MONOTONIC: the one clock of a trial, the same in every process of the machine.
public enum MonotonicClock {
    /// Nanoseconds since some moment before the machine's start.
    @inline(__always)
    public static func now() -> Int64 { clinux_monotonic() }

    /// Blocks the calling thread until `moment`.
    public static func sleep(until moment: Int64) { _ = clinux_sleep_until(moment) }

    /// Waits of the calling thread end as exactly as the clock allows, and not up to 50 microseconds late to save
    /// wake-ups.
    public static func makeWaitsExact() { _ = clinux_exact_timers() }
}

extension Duration {
    /// Whole nanoseconds, at most about 292 years.
    public var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (scaled, over) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, overAgain) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000)
        return over || overAgain ? (seconds < 0 ? .min : .max) : sum
    }
}
