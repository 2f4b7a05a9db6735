import Glibc
import Platform
import Systems

/// The trial's patience: waits on conditions, and on the way looks at everything that must not wait.
///
/// One thread runs a trial, so whatever takes time passes through here; each look is cheap and there is one at least
/// every few milliseconds.
final class Watch: Patience {
    /// How long to rest between two looks: short against what is measured (fail-overs, deadlines), long against its cost.
    private static let rest: Int64 = 2_000_000

    private let interrupts: Interrupts
    /// Called at each look; must be quick.
    var look: () -> Void = {}

    private var heeds = true

    init(interrupts: Interrupts) { self.interrupts = interrupts }

    /// Waits in `body` are not ended by signals: what heals must come to its end.
    func uninterrupted<Failure: Error>(_ body: () throws(Failure) -> Void) throws(Failure) {
        heeds = false
        defer { heeds = true }
        try body()
    }

    func wait(upTo seconds: Double, until condition: () -> Bool) throws(SystemError) -> Bool {
        let deadline = MonotonicClock.now() + Int64(seconds * 1e9)
        while true {
            if heeds && interrupts.pending != nil {
                throw SystemError(.interrupted, "the run was ended by a signal")
            }
            look()
            if condition() { return true }
            let now = MonotonicClock.now()
            if now >= deadline { return false }
            MonotonicClock.sleep(until: min(deadline, now + Self.rest))
        }
    }
}

/// The signals that end a run: seen when looked for, never handled in between.
final class Interrupts {
    private let descriptor: SignalDescriptor
    private var seen: Int32?

    /// Blocks SIGINT, SIGTERM and SIGHUP for this thread and those that it starts.
    init() throws(RunError) {
        do {
            descriptor = try SignalDescriptor([SIGINT, SIGTERM, SIGHUP])
        } catch {
            throw RunError(.machine, "cannot watch for signals: \(error)")
        }
    }

    /// The first signal that came.
    var pending: Int32? {
        if seen == nil { seen = descriptor.next() }
        return seen
    }
}
