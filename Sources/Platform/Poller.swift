import CLinux

/// Waits for many descriptors at once (epoll). One thread uses it.
public struct Poller: ~Copyable {
    private let epoll: Descriptor
    private let buffer: UnsafeMutableBufferPointer<clinux_event>

    /// At most this many events come from one wait; the others come from the next.
    private static let capacity = 256

    public init() throws(KernelFailure) {
        epoll = Descriptor(try KernelFailure.check(clinux_epoll_create(), "epoll"))
        buffer = .allocate(capacity: Self.capacity)
        buffer.initialize(repeating: clinux_event())
    }

    deinit { buffer.deallocate() }

    /// Readable when something has happened: another poller can wait for all of this one's.
    public var descriptor: Int32 { epoll.raw }

    /// `token` comes back with each event. The descriptor stays its owner's, who removes it before closing it.
    public borrowing func add(_ descriptor: Int32, token: UInt64, read: Bool = true, write: Bool = false)
        throws(KernelFailure)
    {
        try control(0, descriptor, token, read, write)
    }

    public borrowing func modify(_ descriptor: Int32, token: UInt64, read: Bool, write: Bool) throws(KernelFailure) {
        try control(1, descriptor, token, read, write)
    }

    public borrowing func remove(_ descriptor: Int32) throws(KernelFailure) {
        try control(2, descriptor, 0, false, false)
    }

    /// Waits until something happens or the time is up, and replaces `events` by what happened.
    ///
    /// - Parameter timeoutNanoseconds: negative: without end; 0: just looks.
    public borrowing func wait(timeoutNanoseconds: Int64, into events: inout [PollEvent]) throws(KernelFailure) {
        events.removeAll(keepingCapacity: true)
        let count = clinux_epoll_wait(epoll.raw, buffer.baseAddress, Int32(Self.capacity), timeoutNanoseconds)
        _ = try KernelFailure.check(count, "epoll_wait")
        for index in 0..<Int(count) {
            events.append(PollEvent(token: buffer[index].token, flags: buffer[index].events))
        }
    }

    private borrowing func control(
        _ operation: Int32, _ descriptor: Int32, _ token: UInt64, _ read: Bool, _ write: Bool
    )
        throws(KernelFailure)
    {
        let flags = (read ? PollEvent.readable | PollEvent.peerClosed : 0) | (write ? PollEvent.writable : 0)
        let result = clinux_epoll_control(epoll.raw, operation, descriptor, flags, token)
        _ = try KernelFailure.check(result, "epoll_ctl of descriptor \(descriptor)")
    }
}

/// What happened to one descriptor.
public struct PollEvent: BitwiseCopyable, Sendable {
    public let token: UInt64
    let flags: UInt32

    static let readable = UInt32(CLINUX_READABLE)
    static let writable = UInt32(CLINUX_WRITABLE)
    static let error = UInt32(CLINUX_ERROR)
    static let hangUp = UInt32(CLINUX_HANGUP)
    static let peerClosed = UInt32(CLINUX_PEER_CLOSED)

    /// A read does not block: there are bytes, an end, or an error.
    public var isReadable: Bool { flags & (Self.readable | Self.error | Self.hangUp | Self.peerClosed) != 0 }
    public var isWritable: Bool { flags & (Self.writable | Self.error | Self.hangUp) != 0 }
    /// The other side is gone or the connection failed; what it sent before can still be read.
    public var isHangUp: Bool { flags & (Self.error | Self.hangUp) != 0 }
}
