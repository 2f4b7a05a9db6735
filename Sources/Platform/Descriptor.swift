import Glibc

/// An open file descriptor with one owner, who closes it by going away.
public struct Descriptor: ~Copyable, Sendable {
    public let raw: Int32

    public init(_ raw: Int32) {
        precondition(raw >= 0, "not a descriptor")
        self.raw = raw
    }

    deinit { close(raw) }

    /// Hands the descriptor over to someone who closes it.
    public consuming func release() -> Int32 {
        let descriptor = raw
        discard self
        return descriptor
    }
}

/// The text that the kernel's error numbers go by.
public enum KernelError {
    /// `EIO: Input/output error`
    public static func text(_ number: Int32) -> String {
        "\(name(number)): \(String(cString: strerror(number)))"
    }

    /// `EIO`; `errno 95` for one without a name here.
    public static func name(_ number: Int32) -> String {
        names[number] ?? "errno \(number)"
    }

    private static let names: [Int32: String] = [
        EPERM: "EPERM", ENOENT: "ENOENT", ESRCH: "ESRCH", EINTR: "EINTR", EIO: "EIO", ENXIO: "ENXIO",
        E2BIG: "E2BIG", ENOEXEC: "ENOEXEC", EBADF: "EBADF", ECHILD: "ECHILD", EAGAIN: "EAGAIN", ENOMEM: "ENOMEM",
        EACCES: "EACCES", EBUSY: "EBUSY", EEXIST: "EEXIST", EXDEV: "EXDEV", ENODEV: "ENODEV", ENOTDIR: "ENOTDIR",
        EISDIR: "EISDIR", EINVAL: "EINVAL", ENFILE: "ENFILE", EMFILE: "EMFILE", ENOTTY: "ENOTTY", EFBIG: "EFBIG",
        ENOSPC: "ENOSPC", EROFS: "EROFS", EPIPE: "EPIPE", ENOSYS: "ENOSYS", ENOTEMPTY: "ENOTEMPTY",
        EOPNOTSUPP: "EOPNOTSUPP", EADDRINUSE: "EADDRINUSE", ENETUNREACH: "ENETUNREACH", ECONNRESET: "ECONNRESET",
        ETIMEDOUT: "ETIMEDOUT", ECONNREFUSED: "ECONNREFUSED", EHOSTUNREACH: "EHOSTUNREACH", ESTALE: "ESTALE",
        EDQUOT: "EDQUOT", EUCLEAN: "EUCLEAN",
    ]
}
