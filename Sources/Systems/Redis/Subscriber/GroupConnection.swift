import Access
import Glibc
import Platform

/// One connection of a client that asks: what was asked over it, in the order of asking, and the answers as they come.
///
/// Once anything is lost on it, nothing that comes later can be matched to a request any more: it is given up as a
/// whole, and whoever asked finds in `lost` what stays unanswered.
final class GroupConnection {
    enum State { case idle, connecting, connected }

    enum Request {
        /// The server's name for this connection.
        case name
        /// The consumer takes its place in the group of a stream.
        case join(stream: Int)
        /// The group is made anew.
        case make(stream: Int)
        case read
        case pending(stream: Int)
        case claim(stream: Int, count: Int)
        /// - Parameter again: some of it was asked before, without an answer.
        case ack(count: Int, again: Bool)
        case move(delivery: Int64)
        case unblock
        /// What a panel asks.
        case panel
        /// Which streams are the consumer's.
        case own
        /// What is in hand stays so.
        case keep
    }

    struct Lost {
        var request: Request
        /// A byte of it may have reached the server.
        var wasSent: Bool
        var reason: String
    }

    private struct Pending {
        var request: Request
        /// Where its first byte stands among all that this connection is to send.
        var start: UInt64
        var deadline: Int64
        /// Replies that are still to come.
        var replies: Int
    }

    private(set) var state = State.idle
    /// What was asked and will not be answered; whoever asked takes it out.
    var lost: [Lost] = []
    /// The server takes no consumers: it is a replica, or takes no connection.
    var isRefused = false
    /// What is to be sent.
    var output = ByteQueue(capacity: 16 * 1024)

    private let index: Int
    private var descriptor: Int32 = -1
    private var line: Line?
    private var address: ServerAddress?
    /// Tells events of this connection from late ones of its predecessors.
    private var generation: UInt64 = 0
    private var reader = RedisReader()
    private let input = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 * 1024, alignment: 16)
    private var pending = RingQueue<Pending>()
    private var answered = 0
    private var sent: UInt64 = 0
    private var wantsToWrite = false
    private var backOff: Int64 = 0
    private var retryAt: Int64 = .min
    private var connectDeadline: Int64 = .max

    init(index: Int) { self.index = index }

    deinit {
        input.deallocate()
        if descriptor >= 0 { close(descriptor) }
    }

    var isQuiet: Bool { pending.isEmpty }

    var nextDeadline: Int64 {
        switch state {
        case .idle: retryAt
        case .connecting: connectDeadline
        case .connected: pending.first?.deadline ?? .max
        }
    }

    private var token: UInt64 { generation << 32 | UInt64(index + 1) }

    // MARK: Connecting

    func connect(to address: ServerAddress, _ poller: borrowing Poller, now: Int64) {
        precondition(state == .idle)
        isRefused = false
        self.address = address
        generation = (generation + 1) & 0x7FFF_FFFF
        do throws(KernelFailure) {
            descriptor = try Sockets.beginConnect(address.host, port: address.port)
            state = .connecting
            connectDeadline = now + GroupPlan.timeout
            try poller.add(descriptor, token: token, read: false, write: true)
        } catch {
            giveUp(.beforeSending, "\(address): \(KernelError.name(error.number))", now: now)
        }
    }

    private func finishConnecting(_ poller: borrowing Poller, now: Int64) {
        let error = Sockets.connectError(descriptor)
        if error != 0 {
            isRefused = [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH].contains(error)
            return giveUp(.beforeSending, "connect: \(KernelError.name(error))", now: now)
        }
        line = Line(descriptor, address: address?.host ?? "", port: address?.port ?? 0)
        enter(poller, now: now)
    }

    /// Until the server lets us in nothing is asked.
    private func enter(_ poller: borrowing Poller, now: Int64) {
        let step = line?.advance() ?? .failed("no connection")
        if case .failed(let why) = step { return giveUp(.beforeSending, why, now: now) }
        do throws(KernelFailure) {
            if step == .ready {
                (state, wantsToWrite) = (.connected, true)
                // Where it was waited for what the server says, the poller looks for that alone.
                if line?.isForeign == true { try poller.modify(descriptor, token: token, read: true, write: true) }
            } else {
                let reads = step == .wantsToRead
                try poller.modify(descriptor, token: token, read: reads, write: !reads)
            }
        } catch {
            giveUp(.beforeSending, error.description, now: now)
        }
    }

    // MARK: Asking

    /// Whoever calls it writes the request to `output` next.
    func ask(_ request: Request, replies: Int = 1, now: Int64, within time: Int64 = GroupPlan.timeout) {
        let start = sent + UInt64(output.count)
        pending.append(Pending(request: request, start: start, deadline: now + time, replies: replies))
    }

    func send(_ poller: borrowing Poller, now: Int64) {
        guard state == .connected else { return }
        while !output.isEmpty {
            let count = line?.send(output.bytes.baseAddress, output.count) ?? 0
            if count <= 0 {
                if count == 0 { return giveUp(.end, nil, now: now) }
                if errno == EINTR { continue }
                if errno == EAGAIN { break }
                return giveUp(.reset, KernelError.name(errno), now: now)
            }
            sent += UInt64(count)
            output.removeFirst(count)
        }
        let wants = !output.isEmpty
        if wants == wantsToWrite { return }
        wantsToWrite = wants
        do throws(KernelFailure) { try poller.modify(descriptor, token: token, read: true, write: wants) } catch {
            giveUp(.abandoned, error.description, now: now)
        }
    }

    // MARK: Answers

    /// - Parameter each: takes a reply, and which of its request's it is; false if it is none to that.
    func ready(
        _ event: PollEvent, _ poller: borrowing Poller, now: Int64,
        each: (_ request: Request, _ place: Int, _ reply: RedisReply.View) -> Bool
    ) {
        guard event.token == token else { return }
        switch state {
        case .idle: break
        case .connecting where line != nil: enter(poller, now: now)
        case .connecting: if event.isWritable { finishConnecting(poller, now: now) }
        case .connected: if event.isReadable { receive(now: now, each) }
        }
    }

    private func receive(now: Int64, _ each: (Request, Int, RedisReply.View) -> Bool) {
        while state == .connected {
            let count = line?.receive(input.baseAddress, input.count) ?? 0
            if count < 0 && errno == EINTR { continue }
            if count < 0 && errno == EAGAIN { return }
            if count < 0 { return giveUp(.reset, KernelError.name(errno), now: now) }
            if count == 0 { return giveUp(.end, nil, now: now) }
            do throws(RedisReader.Malformed) {
                try reader.feed(UnsafeRawBufferPointer(rebasing: input[..<count]))
                while let reply = try reader.next() {
                    guard take(reply, each) else { return giveUp(.nonsense, nil, now: now) }
                }
            } catch {
                return giveUp(.nonsense, error.text, now: now)
            }
            // What came fits, so there is no more; if there is by now, the poller says so again.
            if count < input.count, line?.givesInParts == false { return }
        }
    }

    private func take(_ reply: borrowing RedisReply, _ each: (Request, Int, RedisReply.View) -> Bool) -> Bool {
        // An answer to a request of which nothing was sent: the server speaks by itself, and turns us away.
        guard let first = pending.first, first.start < sent else { return false }
        backOff = 0
        let place = answered
        answered += 1
        if answered == first.replies {
            pending.removeFirst()
            answered = 0
        }
        return reply.withView { each(first.request, place, $0) }
    }

    // MARK: Ending

    /// Gives up what takes too long. True if it is time to connect again.
    func expire(now: Int64) -> Bool {
        if state == .connecting, connectDeadline <= now {
            giveUp(.beforeSending, "connect: no answer", now: now)
        } else if state == .connected, let first = pending.first, first.deadline <= now {
            giveUp(.timeout, nil, now: now)
        }
        return state == .idle && retryAt <= now
    }

    func giveUp(_ loss: RedisReplies.Loss, _ detail: String?, now: Int64) {
        let text = loss.rawValue + (detail.map { ": \($0)" } ?? "")
        while let waiting = pending.removeFirst() {
            let wasSent = state == .connected && waiting.start < sent
            lost.append(Lost(request: waiting.request, wasSent: wasSent, reason: text))
        }
        // It leaves the poller by being closed.
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
        line = nil
        (sent, answered, wantsToWrite, state) = (0, 0, false, .idle)
        output.removeAll()
        reader = RedisReader()
        backOff = min(max(GroupPlan.shortestBackOff, backOff * 2), GroupPlan.longestBackOff)
        retryAt = now + backOff
    }

    /// A new place to connect to is worth a try at once.
    func retryNow(_ now: Int64) { (backOff, retryAt) = (0, now) }

    /// It stays closed.
    func end(now: Int64) {
        giveUp(.abandoned, "the consumer leaves", now: now)
        retryAt = .max
    }
}
