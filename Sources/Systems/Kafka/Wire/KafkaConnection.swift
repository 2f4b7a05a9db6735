import Access
import Glibc
import Platform

/// A connection of the control plane to one broker or controller: what is asked is waited for, with a deadline. Used by
/// one thread.
///
/// An answer that is late is passed over when it comes: a broker that is slow for a moment answers the next question all
/// the same. After any other error the connection answers nothing any more.
final class KafkaConnection {
    private let socket: Descriptor
    private let line: Line
    private var frames = KafkaFrames()
    private var buffer = [UInt8](repeating: 0, count: 1 << 16)
    private var correlation: Int32 = 0
    private(set) var isBroken = false
    /// Requests sent whose answers have not come yet.
    private(set) var outstanding = 0

    /// Takes over a connected socket, and closes it in the end.
    ///
    /// - Parameter server: who is at its other end, where that is somebody else's; nil: a lab's.
    init(descriptor: Int32, to server: Access.Server? = nil) throws(SystemError) {
        socket = Descriptor(descriptor)
        line = Line(descriptor, to: server)
        do { try Sockets.setBlocking(descriptor, false) } catch {
            throw SystemError(.unreachable, "a connection is not usable: \(error)")
        }
        do { try line.complete(by: Self.deadline(after: SystemLimits.commandSeconds)) } catch {
            throw SystemError(.refused, error.message)
        }
    }

    /// The moment that is so many seconds away.
    static func deadline(after seconds: Double) -> Int64 { MonotonicClock.now() + Int64(seconds * 1e9) }

    /// A request, and its answer.
    func call<Request: KafkaRequest>(_ request: Request, within seconds: Double) throws(SystemError) -> Request.Answer {
        let deadline = Self.deadline(after: seconds)
        let number = try send(request, by: deadline)
        return try receive(request, number: number, by: deadline)
    }

    /// Sends a request and does not wait; gives back the number by which its answer is known.
    func send<Request: KafkaRequest>(_ request: Request, by deadline: Int64) throws(SystemError) -> Int32 {
        try checkOpen()
        correlation += 1
        let bytes = request.frame(correlation: correlation)
        do throws(KernelFailure) {
            guard try line.send(bytes, by: deadline) else {
                // Half of it cannot be followed by another.
                isBroken = true
                throw KernelFailure(ETIMEDOUT, "sending")
            }
        } catch {
            if isBroken { throw SystemError(.deadline, "it takes no more requests") }
            throw broken(error.number)
        }
        outstanding += 1
        return correlation
    }

    /// The answer to the request of that number.
    func receive<Request: KafkaRequest>(
        _ request: Request, number: Int32, by deadline: Int64
    ) throws(SystemError) -> Request.Answer {
        try checkOpen()
        while true {
            do throws(KafkaMalformed) {
                while let frame = try frames.next() {
                    outstanding -= 1
                    // Nobody waits any more for those before.
                    var reader = KafkaReader(frame)
                    if try reader.integer(Int32.self) < number { continue }
                    return try request.answer(frame, correlation: number)
                }
            } catch {
                isBroken = true
                throw SystemError(.unreachable, "what it answers cannot be read: \(error.text)")
            }
            let count = buffer.withUnsafeMutableBytes { line.receive($0.baseAddress, $0.count) }
            if count > 0 {
                buffer.withUnsafeBytes { frames.feed(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            } else if count == 0 {
                throw broken(0)
            } else if errno == EAGAIN {
                guard waitToRead(by: deadline) else { throw SystemError(.deadline, "no answer in time") }
            } else if errno != EINTR {
                throw broken(errno)
            }
        }
    }

    /// Whether the other side has closed the connection, says something nobody asked for, or has stopped answering.
    var isStale: Bool {
        isBroken || outstanding > SystemLimits.kafkaOutstanding || (outstanding == 0 && line.isSpeaking)
    }

    private func waitToRead(by deadline: Int64) -> Bool {
        let left = Duration.nanoseconds(max(0, deadline - MonotonicClock.now()))
        // An error here is one of the socket, which the next call on it says better.
        return (try? Sockets.waitReadable(socket.raw, upTo: left)) ?? true
    }

    private func checkOpen() throws(SystemError) {
        if isBroken { throw SystemError(.unreachable, "the connection is broken") }
    }

    private func broken(_ number: Int32) -> SystemError {
        isBroken = true
        let why = number == 0 ? "the server closed it" : KernelError.text(number)
        return SystemError(.unreachable, "the connection is gone: \(why)")
    }
}
