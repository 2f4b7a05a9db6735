import Access
import Glibc
import History
import Platform
import Workers

/// One connection that events are sent over, and the attempts that wait for its answers in the order of sending.
///
/// Once anything is lost on it, nothing that comes later can be matched to a request any more: it is given up as a
/// whole, every attempt on it completes, and a new one is made.
final class PublishConnection {
    enum State {
        case idle
        case connecting
        case connected
    }

    private struct Pending {
        var slot: Int32
        /// Where its first byte stands among all that this connection is to send.
        var start: UInt64
        var deadline: Int64
    }

    static let shortestBackOff: Int64 = 10_000_000
    static let longestBackOff: Int64 = 200_000_000

    private(set) var state = State.idle
    private let index: Int
    private let timeout: Int64
    private let parser: AnswerParser
    private let reasons: ReasonTable

    private var descriptor: Int32 = -1
    private var line: Line?
    /// Tells events of this connection from late ones of its predecessors.
    private var generation: UInt64 = 0
    private var output = ByteQueue(capacity: 64 * 1024)
    private var input = ByteQueue(capacity: 64 * 1024)
    private var pending = RingQueue<Pending>()
    private var answer = AnswerParser.Progress()
    /// How many bytes of this connection the kernel has taken; 0 while there is none.
    private var sent: UInt64 = 0
    private var wantsToWrite = false
    private var backOff: Int64 = 0
    private var retryAt: Int64 = .min
    private var connectDeadline: Int64 = .max
    private var address: ServerAddress?
    /// Whether the server that it was connected to last takes no events: it is a replica, or takes no connection.
    private(set) var isRefused = false
    /// Nothing more is sent; what was sent is still answered.
    private var isLeaving = false

    // What only a cluster's client looks at, and takes out.

    /// Attempts whose answers send them elsewhere.
    var redirects: [(slot: Int32, redirect: Redirect)] = []
    /// The node has said that the cluster, or a slot, is not served.
    var isDown = false
    /// A connection was lost, or one could not be made.
    var hasLost = false

    /// The slot of what is no attempt: its reply is passed over.
    private static let noSlot: Int32 = -1

    init(
        index: Int, timeout: Int64, acknowledgement: Acknowledgement, reasons: ReasonTable, isOfCluster: Bool = false
    ) {
        self.index = index
        self.timeout = timeout + Int64(acknowledgement.milliseconds) * 1_000_000
        self.reasons = reasons
        parser = AnswerParser(acknowledgement: acknowledgement, reasons: reasons, isOfCluster: isOfCluster)
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    var nextDeadline: Int64 {
        let own =
            switch state {
            case .idle: retryAt
            case .connecting: connectDeadline
            case .connected: Int64.max
            }
        return min(own, pending.first?.deadline ?? .max)
    }

    private var token: UInt64 { generation << 32 | UInt64(index + 1) }

    // MARK: Connecting

    func connect(to address: ServerAddress, _ poller: borrowing Poller, now: Int64, into done: inout [Completion]) {
        precondition(state == .idle)
        if address != self.address { isRefused = false }
        self.address = address
        generation = (generation + 1) & 0x7FFF_FFFF
        do throws(KernelFailure) {
            descriptor = try Sockets.beginConnect(address.host, port: address.port)
            state = .connecting
            connectDeadline = now + timeout
            try poller.add(descriptor, token: token, read: false, write: true)
        } catch {
            giveUp(.beforeSending, "\(address): \(KernelError.name(error.number))", poller, now: now, into: &done)
        }
    }

    private func finishConnecting(_ poller: borrowing Poller, now: Int64, into done: inout [Completion]) {
        let error = Sockets.connectError(descriptor)
        if error != 0 {
            if Self.refusals.contains(error) { isRefused = true }
            return giveUp(.beforeSending, "connect: \(KernelError.name(error))", poller, now: now, into: &done)
        }
        line = Line(descriptor, address: address?.host ?? "", port: address?.port ?? 0)
        enter(poller, now: now, into: &done)
    }

    /// What a server wants to be told first is no request: until it lets us in, nothing of an event has left.
    private func enter(_ poller: borrowing Poller, now: Int64, into done: inout [Completion]) {
        let step = line?.advance() ?? .failed("no connection")
        if case .failed(let why) = step { return giveUp(.beforeSending, why, poller, now: now, into: &done) }
        do throws(KernelFailure) {
            if step == .ready {
                (state, wantsToWrite) = (.connected, true)
                // Where it was waited for what the server says, the poller looks for that alone.
                if line?.isForeign == true { try poller.modify(descriptor, token: token, read: true, write: true) }
                return send(poller, now: now, into: &done)
            }
            let reads = step == .wantsToRead
            try poller.modify(descriptor, token: token, read: reads, write: !reads)
        } catch {
            giveUp(.beforeSending, error.description, poller, now: now, into: &done)
        }
    }

    /// Nobody listens there, or there is no such machine any more. A time-out says nothing of the kind.
    private static let refusals: Set<Int32> = [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH]

    // MARK: Sending

    /// Lets `fill` write a request behind those that wait already; it says how many bytes it took.
    func enqueue(_ slot: Int32, room: Int, now: Int64, fill: (UnsafeMutableRawBufferPointer) -> Int) {
        pending.append(Pending(slot: slot, start: sent + UInt64(output.count), deadline: now + timeout))
        let taken = fill(output.room(room))
        output.commit(taken)
    }

    private static let asking = Array("*1\r\n$6\r\nASKING\r\n".utf8)

    /// What comes behind is for a slot that the node is taking over.
    func enqueueAsking(now: Int64) {
        enqueue(Self.noSlot, room: Self.asking.count, now: now) { buffer in
            Self.asking.withUnsafeBytes { buffer.copyMemory(from: $0) }
            return Self.asking.count
        }
    }

    /// Something waits to be sent or answered.
    var hasSomething: Bool { !pending.isEmpty }

    /// It is time to connect.
    func isDue(_ now: Int64) -> Bool { state == .idle && retryAt <= now }

    /// It is not connected again before `wake`.
    func rest() { if state == .idle { (backOff, retryAt) = (0, .max) } }

    func wake(now: Int64) { if state == .idle, retryAt == .max { retryAt = now } }

    func send(_ poller: borrowing Poller, now: Int64, into done: inout [Completion]) {
        guard state == .connected, !isLeaving else { return }
        while !output.isEmpty {
            let count = line?.send(output.bytes.baseAddress, output.count) ?? 0
            if count <= 0 {
                if count == 0 { return giveUp(.end, nil, poller, now: now, into: &done) }
                if errno == EINTR { continue }
                if errno == EAGAIN { break }
                return giveUp(.reset, KernelError.name(errno), poller, now: now, into: &done)
            }
            sent += UInt64(count)
            output.removeFirst(count)
        }
        watch(poller, now: now, into: &done)
    }

    private func watch(_ poller: borrowing Poller, now: Int64, into done: inout [Completion]) {
        let wants = !output.isEmpty
        if wants == wantsToWrite { return }
        wantsToWrite = wants
        do throws(KernelFailure) {
            try poller.modify(descriptor, token: token, read: true, write: wants)
        } catch {
            giveUp(.abandoned, error.description, poller, now: now, into: &done)
        }
    }

    // MARK: Receiving

    func ready(_ event: PollEvent, _ poller: borrowing Poller, now: Int64, into done: inout [Completion]) {
        guard event.token == token else { return }
        switch state {
        case .idle: break
        case .connecting where line != nil: enter(poller, now: now, into: &done)
        case .connecting: if event.isWritable { finishConnecting(poller, now: now, into: &done) }
        case .connected:
            if event.isReadable { receive(poller, now: now, into: &done) }
            if isLeaving { leaveIfAnswered(poller, now: now, into: &done) }
            if event.isWritable && state == .connected { send(poller, now: now, into: &done) }
        }
    }

    private func receive(_ poller: borrowing Poller, now: Int64, into done: inout [Completion]) {
        while state == .connected {
            let room = input.room(32 * 1024)
            let count = line?.receive(room.baseAddress, room.count) ?? 0
            if count < 0 && errno == EINTR { continue }
            if count < 0 && errno == EAGAIN { return }
            if count < 0 {
                return giveUp(.reset, KernelError.name(errno), poller, now: now, into: &done)
            }
            if count == 0 { return giveUp(.end, nil, poller, now: now, into: &done) }
            input.commit(count)
            if !takeAnswers(into: &done) { return giveUp(.nonsense, nil, poller, now: now, into: &done) }
            // What came fits, so there is no more; if there is by now, the poller says so again.
            if count < room.count, line?.givesInParts == false { return }
        }
    }

    /// False if what came is no answer to what was asked.
    private func takeAnswers(into done: inout [Completion]) -> Bool {
        let bytes = input.bytes
        var start = 0
        defer { input.removeFirst(start) }
        while start < bytes.count {
            // An answer to a request of which nothing was sent: the server speaks by itself, and turns us away.
            guard let first = pending.first, first.start < sent else { return false }
            if first.slot == Self.noSlot {
                guard let isThere = AnswerParser.skip(bytes, from: &start) else { return false }
                if !isThere { return true }
                pending.removeFirst()
                continue
            }
            switch parser.take(bytes, from: &start, &answer) {
            case .incomplete: return true
            case .malformed: return false
            case .partOfAnswer: break
            case .redirect(var completion, let redirect):
                completion.slot = first.slot
                done.append(completion)
                redirects.append((first.slot, redirect))
                pending.removeFirst()
                backOff = 0
            case .answer(var completion, let turnsAway):
                isRefused = turnsAway
                if completion.outcome == .failed { isDown = true }
                completion.slot = first.slot
                done.append(completion)
                pending.removeFirst()
                backOff = 0
            }
        }
        return true
    }

    // MARK: Ending

    /// Lets what was sent be answered, and then goes: the server refuses events.
    func leave(_ poller: borrowing Poller, now: Int64, into done: inout [Completion]) {
        guard state == .connected, !isLeaving else { return }
        isLeaving = true
        leaveIfAnswered(poller, now: now, into: &done)
    }

    private func leaveIfAnswered(_ poller: borrowing Poller, now: Int64, into done: inout [Completion]) {
        guard state == .connected, pending.first.map({ $0.start >= sent }) ?? true else { return }
        giveUp(.beforeSending, "the server is a replica", poller, now: now, into: &done)
        retryNow(now)
    }

    /// What has waited too long, and when to try to connect again. True if it is time to do so.
    func expire(_ poller: borrowing Poller, now: Int64, into done: inout [Completion]) -> Bool {
        if let first = pending.first, first.deadline <= now {
            giveUp(.timeout, "\(timeout / 1_000_000) ms", poller, now: now, into: &done)
        } else if state == .connecting && connectDeadline <= now {
            giveUp(.beforeSending, "connect: no answer in \(timeout / 1_000_000) ms", poller, now: now, into: &done)
        }
        return state == .idle && retryAt <= now
    }

    /// Ends the connection; every attempt on it completes, by whether a byte of it had left.
    func giveUp(
        _ loss: RedisReplies.Loss, _ detail: String?, _ poller: borrowing Poller, now: Int64,
        into done: inout [Completion]
    ) {
        let text = loss.rawValue + (detail.map { ": \($0)" } ?? "")
        let before = loss == .beforeSending ? text : "\(RedisReplies.Loss.beforeSending.rawValue): \(text)"
        hasLost = true
        while let attempt = pending.removeFirst() {
            if attempt.slot == Self.noSlot { continue }
            let isSent = state == .connected && attempt.start < sent
            let outcome = RedisReplies.outcome(of: isSent ? loss : .beforeSending)
            let reason = reasons.number(isSent ? text : before)
            done.append(Completion(slot: attempt.slot, outcome: outcome, reason: reason))
        }
        if descriptor >= 0 {
            // It leaves the poller by being closed.
            close(descriptor)
            descriptor = -1
        }
        line = nil
        // What is enqueued from now on is counted from the new connection's first byte.
        sent = 0
        output.removeAll()
        input.removeAll()
        answer = AnswerParser.Progress()
        wantsToWrite = false
        isLeaving = false
        state = .idle
        backOff = min(max(Self.shortestBackOff, backOff * 2), Self.longestBackOff)
        retryAt = now + backOff
    }

    /// A new place to connect to is worth a try at once.
    func retryNow(_ now: Int64) { (backOff, retryAt) = (0, now) }
}
