import CLinux
import Glibc

/// A process that need not be a child of this one: whether it is still there. Its number may be another's by then, and
/// is not asked for again.
public final class ProcessHandle: Sendable {
    public let pid: Int32
    private let descriptor: Descriptor

    /// Throws ESRCH if there is no such process.
    public init(_ pid: Int32) throws(KernelFailure) {
        descriptor = Descriptor(try KernelFailure.check(clinux_pidfd_open(pid), "opening process \(pid)"))
        self.pid = pid
    }

    public var hasEnded: Bool { clinux_wait_readable(descriptor.raw, 0) == 1 }

    /// Waits until it has ended; false if it is still there when the time is up.
    public func waitForEnd(upTo limit: Duration) -> Bool {
        clinux_wait_readable(descriptor.raw, limit.nanoseconds) == 1
    }
}
