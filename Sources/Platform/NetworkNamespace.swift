import CLinux
import Glibc

/// The network namespace of the calling thread.
public enum NetworkNamespace {
    /// Runs `body` with this thread inside the namespace of `path` (`/run/netns/NAME`), and comes back.
    ///
    /// Sockets made inside belong to that namespace for good. What `body` starts (threads, programs) starts inside.
    public static func within<Result>(_ path: String, _ body: () throws(KernelFailure) -> Result)
        throws(KernelFailure) -> Result
    {
        let ownRaw = clinux_open(AT_FDCWD, "/proc/thread-self/ns/net", O_RDONLY, 0)
        let own = Descriptor(try KernelFailure.check(ownRaw, "opening this thread's network namespace"))
        let otherRaw = clinux_open(AT_FDCWD, path, O_RDONLY, 0)
        let other = Descriptor(try KernelFailure.check(otherRaw, "opening the network namespace \(path)"))
        _ = try KernelFailure.check(clinux_enter_network(other.raw), "entering the network namespace \(path)")
        defer {
            let result = clinux_enter_network(own.raw)
            // A thread in the wrong namespace would make every later probe a lie.
            precondition(result == 0, "can't return to the own network namespace: \(KernelError.text(-result))")
        }
        return try body()
    }
}
