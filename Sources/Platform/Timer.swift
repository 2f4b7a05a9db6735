import CLinux
import Glibc

/// A descriptor that becomes readable at a moment of `MonotonicClock`.
public struct TimerDescriptor: ~Copyable {
    private let descriptor: Descriptor

    public init() throws(KernelFailure) {
        descriptor = Descriptor(try KernelFailure.check(clinux_timer_create(), "timerfd"))
    }

    public var raw: Int32 { descriptor.raw }

    /// Replaces the moment set before. One that is past makes it readable at once.
    public borrowing func set(at moment: Int64) throws(KernelFailure) {
        _ = try KernelFailure.check(clinux_timer_set(descriptor.raw, max(1, moment)), "timerfd_settime")
    }

    public borrowing func disarm() throws(KernelFailure) {
        _ = try KernelFailure.check(clinux_timer_set(descriptor.raw, 0), "timerfd_settime")
    }

    /// True if the moment has come since the last call; it is then not readable any more.
    public borrowing func hasFired() -> Bool { EventDescriptor.readCount(descriptor.raw) > 0 }
}

/// A descriptor that any thread or process that has it can make readable: wakes up a poller.
public struct EventDescriptor: ~Copyable, Sendable {
    private let descriptor: Descriptor

    public init() throws(KernelFailure) {
        descriptor = Descriptor(try KernelFailure.check(clinux_event_create(), "eventfd"))
    }

    public var raw: Int32 { descriptor.raw }

    public borrowing func signal() {
        var one: UInt64 = 1
        _ = write(descriptor.raw, &one, 8)
    }

    /// How often it was signalled since the last call.
    public borrowing func take() -> UInt64 { Self.readCount(descriptor.raw) }

    static func readCount(_ descriptor: Int32) -> UInt64 {
        var count: UInt64 = 0
        return read(descriptor, &count, 8) == 8 ? count : 0
    }
}
