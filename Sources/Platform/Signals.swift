import CLinux
import Glibc

/// What a process of ours must do about signals before anything else.
public enum Signals {
    /// First thing in `main`: children keep their status, a reader that went away is an error of `write` (EPIPE) and
    /// not the end, and a process that was executed as `/proc/self/exe` goes by its name in `ps`.
    public static func prepareProcess(name: String = "holdfast") {
        keepChildStatus()
        signal(SIGPIPE, SIG_IGN)
        _ = clinux_set_name(name)
    }

    /// Whoever started us may have had SIGCHLD ignored; that is inherited, and then every status is lost.
    static func keepChildStatus() { _ = childStatusKept }

    private static let childStatusKept: Bool = {
        var action = sigaction()
        action.__sigaction_handler.sa_handler = SIG_DFL
        return sigaction(SIGCHLD, &action, nil) == 0
    }()
}

/// Signals as a descriptor to poll, beside everything else that the process waits for.
///
/// They are blocked for the thread that makes this and for threads that it starts later: make it first, on the main
/// thread. Programs started by `Tool` and `Child` get them unblocked.
public struct SignalDescriptor: ~Copyable {
    private let descriptor: Descriptor

    public init(_ signals: [Int32]) throws(KernelFailure) {
        var mask: UInt64 = 0
        for signal in signals { mask |= 1 << UInt64(signal - 1) }
        descriptor = Descriptor(try KernelFailure.check(clinux_signal_create(mask), "signalfd"))
    }

    public var raw: Int32 { descriptor.raw }

    /// The next signal that came; nil if there is none.
    public borrowing func next() -> Int32? {
        let signal = clinux_signal_next(descriptor.raw)
        return signal > 0 ? signal : nil
    }
}
