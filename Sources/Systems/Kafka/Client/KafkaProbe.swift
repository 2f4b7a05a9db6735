import Access
import Glibc
import Platform

/// One broker that is asked for its metadata, over and over, by a connection of our own in a producer's loop.
final class KafkaProbe {
    private enum State {
        case idle(retryAt: Int64)
        case connecting(until: Int64)
        /// Nothing is asked before `askAt`.
        case ready(askAt: Int64)
        case asked(correlation: Int32, until: Int64)
    }

    private static let interval: Int64 = 200_000_000
    private static let patience: Int64 = 1_000_000_000
    private static let retryAfter: Int64 = 200_000_000

    let address: ServerAddress
    private let token: UInt64
    private let request: KafkaMetadataRequest
    private var state = State.idle(retryAt: .min)
    private var descriptor: Int32 = -1
    private var line: Line?
    private var generation: UInt64 = 0
    private var frames = KafkaFrames()
    private var correlation: Int32 = 0
    private var isUrgent = false
    /// The moment, in the watch's own count, at which the question was sent whose answer came last.
    private var askedAt: UInt64 = 0

    /// - Parameter token: of its events; the upper half is its own.
    init(_ address: ServerAddress, topic: String, token: UInt64) {
        (self.address, self.token) = (address, token)
        request = KafkaMetadataRequest(topics: [topic])
    }

    deinit { if descriptor >= 0 { Glibc.close(descriptor) } }

    var isConnected: Bool {
        switch state {
        case .idle, .connecting: false
        case .ready, .asked: true
        }
    }

    var nextDeadline: Int64 {
        switch state {
        case .idle(let retryAt): retryAt
        case .connecting(let until): until
        case .ready(let askAt): isUrgent ? .min : askAt
        case .asked(_, let until): until
        }
    }

    /// It is asked as soon as it can be.
    func hurry() { isUrgent = true }

    private var ownToken: UInt64 { generation << 32 | token }

    /// Does what is due.
    ///
    /// - Parameter moment: counts questions and what they must come after.
    func expire(_ poller: borrowing Poller, now: Int64, moment: UInt64) {
        guard nextDeadline <= now else { return }
        switch state {
        case .idle: connect(poller, now: now)
        case .connecting: leave(poller, now: now)
        case .asked: leave(poller, now: now)
        case .ready: ask(poller, now: now, moment: moment)
        }
    }

    private func connect(_ poller: borrowing Poller, now: Int64) {
        generation = (generation + 1) & 0x7FFF_FFFF
        do throws(KernelFailure) {
            descriptor = try Sockets.beginConnect(address.host, port: address.port)
            state = .connecting(until: now + Self.patience)
            try poller.add(descriptor, token: ownToken, read: false, write: true)
        } catch {
            leave(poller, now: now)
        }
    }

    func leave(_ poller: borrowing Poller, now: Int64) {
        if descriptor >= 0 {
            // It may not have been added.
            do throws(KernelFailure) { try poller.remove(descriptor) } catch {}
            Glibc.close(descriptor)
            descriptor = -1
        }
        line = nil
        frames = KafkaFrames()
        state = .idle(retryAt: now + Self.retryAfter)
    }

    /// A request fits into an empty socket: it is sent as a whole, or the connection is of no use.
    private func ask(_ poller: borrowing Poller, now: Int64, moment: UInt64) {
        correlation &+= 1
        isUrgent = false
        askedAt = moment
        let bytes = request.frame(correlation: correlation)
        let sent = bytes.withUnsafeBytes { line?.send($0.baseAddress, $0.count) ?? 0 }
        guard sent == bytes.count else { return leave(poller, now: now) }
        state = .asked(correlation: correlation, until: now + Self.patience)
    }

    /// - Returns: what it answered, and the moment at which it was asked.
    func ready(
        _ event: PollEvent, _ poller: borrowing Poller, now: Int64, moment: UInt64
    ) -> (answer: KafkaMetadata, askedAt: UInt64)? {
        guard event.token == ownToken else { return nil }
        switch state {
        case .idle: return nil
        case .connecting where line != nil: enter(poller, now: now, moment: moment)
        case .connecting: finishConnecting(poller, now: now, moment: moment)
        case .ready, .asked: return receive(poller, now: now)
        }
        return nil
    }

    private func finishConnecting(_ poller: borrowing Poller, now: Int64, moment: UInt64) {
        guard Sockets.connectError(descriptor) == 0 else { return leave(poller, now: now) }
        line = Line(descriptor, address: address.host, port: address.port)
        enter(poller, now: now, moment: moment)
    }

    private func enter(_ poller: borrowing Poller, now: Int64, moment: UInt64) {
        let step = line?.advance() ?? .failed("no connection")
        if case .failed = step { return leave(poller, now: now) }
        do throws(KernelFailure) {
            try poller.modify(descriptor, token: ownToken, read: step != .wantsToWrite, write: step == .wantsToWrite)
            if step == .ready { ask(poller, now: now, moment: moment) }
        } catch {
            leave(poller, now: now)
        }
    }

    private func receive(_ poller: borrowing Poller, now: Int64) -> (answer: KafkaMetadata, askedAt: UInt64)? {
        var isOver = false
        withUnsafeTemporaryAllocation(byteCount: 32 * 1024, alignment: 1) { buffer in
            while true {
                let count = line?.receive(buffer.baseAddress, buffer.count) ?? 0
                if count < 0 && errno == EINTR { continue }
                if count < 0 && errno == EAGAIN { return }
                if count <= 0 {
                    isOver = true
                    return
                }
                frames.feed(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                if count < buffer.count, line?.givesInParts == false { return }
            }
        }
        if isOver {
            leave(poller, now: now)
            return nil
        }
        do throws(KafkaMalformed) {
            guard let frame = try frames.next() else { return nil }
            guard case .asked(let correlation, _) = state else { throw KafkaMalformed(text: "nothing was asked") }
            let answer = try request.answer(frame, correlation: correlation)
            state = .ready(askAt: now + Self.interval)
            return (answer, askedAt)
        } catch {
            leave(poller, now: now)
            return nil
        }
    }
}
