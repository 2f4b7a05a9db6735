import CLinux
import Glibc

/// TCP connections by numeric address: nothing here asks a name server.
public enum Sockets {
    /// Begins to connect and does not wait: the descriptor (non-blocking, TCP_NODELAY, the caller's) becomes writable
    /// when it is decided, and `connectError` says how.
    public static func beginConnect(_ address: String, port: UInt16) throws(KernelFailure) -> Int32 {
        try KernelFailure.check(clinux_connect(address, port), "connecting to \(address) port \(port)")
    }

    /// errno of a connection that was begun; 0 if it stands (or is still under way). Takes the error off the socket.
    public static func connectError(_ descriptor: Int32) -> Int32 { clinux_socket_error(descriptor) }

    /// Whether a byte of data has ever left by this socket; true if nobody can say. Connecting alone sends none.
    public static func hasSent(_ descriptor: Int32) -> Bool { clinux_socket_has_sent(descriptor) != 0 }

    /// A connected, blocking socket; the caller closes it. ETIMEDOUT if nobody answers in time.
    public static func connect(_ address: String, port: UInt16, upTo limit: Duration = Limits.connect)
        throws(KernelFailure) -> Int32
    {
        let what = "connecting to \(address) port \(port)"
        let socket = Descriptor(try beginConnect(address, port: port))
        let ready = try KernelFailure.check(clinux_wait_writable(socket.raw, limit.nanoseconds), what)
        if ready == 0 { throw KernelFailure(ETIMEDOUT, what) }
        let error = connectError(socket.raw)
        if error != 0 { throw KernelFailure(error, what) }
        _ = try KernelFailure.check(clinux_set_blocking(socket.raw, 1), what)
        return socket.release()
    }

    public static func setBlocking(_ descriptor: Int32, _ blocking: Bool) throws(KernelFailure) {
        _ = try KernelFailure.check(clinux_set_blocking(descriptor, blocking ? 1 : 0), "fcntl")
    }

    /// Waits until `descriptor` can be read without blocking; false if the time is up.
    public static func waitReadable(_ descriptor: Int32, upTo limit: Duration) throws(KernelFailure) -> Bool {
        try KernelFailure.check(clinux_wait_readable(descriptor, limit.nanoseconds), "poll") > 0
    }

    public static func waitWritable(_ descriptor: Int32, upTo limit: Duration) throws(KernelFailure) -> Bool {
        try KernelFailure.check(clinux_wait_writable(descriptor, limit.nanoseconds), "poll") > 0
    }
}
