import Glibc
import Platform

extension Poller {
    /// Adds a worker's standard input, on which commands come, without blocking. A file is always readable and cannot be
    /// polled: who runs a worker by hand has no commands for it.
    borrowing func addCommands(_ input: Int32, token: UInt64) throws(KernelFailure) {
        try Sockets.setBlocking(input, false)
        do throws(KernelFailure) { try add(input, token: token) } catch  where error.number == EPERM {}
    }
}
