import CLinux
import Glibc

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
    public borrowing func take() -> UInt64 {
        var count: UInt64 = 0
        return read(descriptor.raw, &count, 8) == 8 ? count : 0
    }
}
