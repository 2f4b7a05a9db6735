import CLinux
import Glibc

/// A lock on a file that lasts as long as its holder: the kernel lets go of it even when that one is killed.
public struct FileLock: ~Copyable {
    private let descriptor: Descriptor

    /// Takes the lock; EWOULDBLOCK while another process holds it.
    ///
    /// - Parameter create: the file must not be there and is made; otherwise it must be there. No link is followed.
    public init(_ path: String, create: Bool) throws(KernelFailure) {
        let flags = O_RDWR | O_NOFOLLOW | (create ? O_CREAT | O_EXCL : 0)
        let raw = clinux_open(AT_FDCWD, path, flags, 0o600)
        let file = Descriptor(try KernelFailure.check(raw, "opening \(path)"))
        _ = try KernelFailure.check(clinux_try_lock(file.raw), "locking \(path)")
        descriptor = file
    }
}
