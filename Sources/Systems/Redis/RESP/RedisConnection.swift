import Access
import Glibc
import Platform

/// A connection of the control plane: what is asked is waited for, with a deadline. Used by one thread.
///
/// After an error it answers nothing any more: what is still under way cannot be told from the next answer.
final class RedisConnection {
    private let socket: Descriptor
    private let line: Line
    private var reader = RedisReader()
    private var buffer = [UInt8](repeating: 0, count: 256 * 1024)
    private(set) var isBroken = false
    /// Commands sent whose replies have not come yet.
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

    /// One command, and its reply. An error that the server answers is a reply.
    func call(_ words: [String], within seconds: Double) throws(SystemError) -> RedisValue {
        try pipeline([words], within: seconds)[0]
    }

    /// Several commands at once, and their replies in the same order.
    func pipeline(_ commands: [[String]], within seconds: Double) throws(SystemError) -> [RedisValue] {
        let deadline = Self.deadline(after: seconds)
        try send(commands, by: deadline)
        return try values(commands.count, by: deadline)
    }

    /// The next replies, all of them.
    func values(_ count: Int, by deadline: Int64) throws(SystemError) -> [RedisValue] {
        var values: [RedisValue] = []
        while values.count < count {
            guard let reply = try receive(by: deadline) else {
                isBroken = true
                throw SystemError(.deadline, "no answer in time (to the command at place \(values.count + 1))")
            }
            values.append(reply.value)
        }
        return values
    }

    func send(_ commands: [[String]], by deadline: Int64) throws(SystemError) {
        try send(commands.flatMap { RedisCommand.encode($0) }, expecting: commands.count, by: deadline)
    }

    /// Sends commands as they are encoded, so many of them.
    func send(_ bytes: [UInt8], expecting replies: Int, by deadline: Int64) throws(SystemError) {
        try checkOpen()
        do throws(KernelFailure) {
            guard try line.send(bytes, by: deadline) else {
                // Half of it cannot be followed by another.
                isBroken = true
                throw KernelFailure(ETIMEDOUT, "sending")
            }
        } catch {
            if isBroken { throw SystemError(.deadline, "the server takes no more commands") }
            throw broken(error.number)
        }
        outstanding += replies
    }

    /// The next reply, nil if it has not come whole by the deadline; it can then be waited for again.
    func receive(by deadline: Int64) throws(SystemError) -> RedisReply? {
        try checkOpen()
        while true {
            if let reply = try parsed() {
                outstanding -= 1
                return reply
            }
            let count = buffer.withUnsafeMutableBytes { line.receive($0.baseAddress, $0.count) }
            if count > 0 {
                try feed(count)
            } else if count == 0 {
                throw broken(0)
            } else if errno == EAGAIN {
                guard waitToRead(by: deadline) else { return nil }
            } else if errno != EINTR {
                throw broken(errno)
            }
        }
    }

    /// Whether the server has closed the connection, or says something nobody asked for.
    var isStale: Bool { isBroken || (outstanding == 0 && line.isSpeaking) }

    private func parsed() throws(SystemError) -> RedisReply? {
        do throws(RedisReader.Malformed) { return try reader.next() } catch { throw malformed(error) }
    }

    private func feed(_ count: Int) throws(SystemError) {
        do {
            try buffer.withUnsafeBytes { try reader.feed(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        } catch {
            throw malformed(error as? RedisReader.Malformed ?? .init(text: "\(error)"))
        }
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
        let why = number == 0 ? "the server closed it" : String(cString: strerror(number))
        return SystemError(.unreachable, "the connection is gone: \(why)")
    }

    private func malformed(_ error: RedisReader.Malformed) -> SystemError {
        isBroken = true
        return SystemError(.unreachable, "the server's answer cannot be read: \(error.text)")
    }
}
