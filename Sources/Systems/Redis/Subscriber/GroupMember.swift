import History
import Platform
import Workers

/// One consumer of a group: a connection that it reads by, which may stand blocked at the server, and one by which it
/// does everything else.
///
/// It takes its place in the group of each stream, looks for what it left pending, and then reads what is new; from
/// time to time it takes over what idles with others.
final class GroupMember {
    let plan: GroupPlan
    /// Which of the process's consumers it is, or is a part of.
    let consumer: Int
    /// Which of the streams it reads: in a cluster one command names streams of one slot.
    let streams: [Int]
    let name: [UInt8]
    let held: HeldDeliveries
    let reading: GroupConnection
    let asking: GroupConnection
    var readingAddress: AddressChoice
    var askingAddress: AddressChoice

    // Its place in the group.
    var joinsToCome = 0
    /// When to try again what was refused; nil: nothing was.
    var joinRetry: Int64?
    /// When to take it; `Int64.max`: not by itself.
    var joinAt: Int64 = .max
    var isIn = false

    // Reading.
    /// The server's name of the reading connection.
    var readingName: Int64?
    var isReading = false
    /// When to read again after an error; `Int64.max`: any time.
    var readAt: Int64 = .max
    var room = 0
    var isLeaving = false
    private var backOff: Int64 = 0

    // Taking over.
    /// Something may have been handed to it that it never got.
    var mayHaveOwn = true
    var scan = PendingScan()
    var claimAt: Int64 = .max

    /// When it last had nothing in hand, or told that it keeps what it has.
    var keptAt: Int64 = 0
    /// Nil: streams have no owners.
    var ownership: StreamOwnership?

    // Acknowledging.
    /// Deliveries in the order in which XACKs for them were asked.
    var acking = RingQueue<Int64>()
    var batches: [[Int64]]
    var touched: [Int] = []
    /// Some of those that are collected have been asked before.
    var tellsAgain = false
    /// When to ask again what was refused; `Int64.max`: with the next place in the group.
    var tellAt: Int64 = .max
    var move = MoveProgress()
    var refusals: Int64 = 0

    /// - Parameter index: by which its connections are told from others'.
    init(
        _ plan: GroupPlan, index: Int, consumer: Int, streams: [Int], name: String, held: HeldDeliveries,
        address: AddressChoice
    ) {
        (self.plan, self.consumer, self.streams) = (plan, consumer, streams)
        (self.name, self.held) = (Array(name.utf8), held)
        (readingAddress, askingAddress) = (address, address)
        reading = GroupConnection(index: 2 * index)
        asking = GroupConnection(index: 2 * index + 1)
        if plan.registry != nil {
            ownership = StreamOwnership(streams: plan.streams.count, lease: plan.claim ?? GroupPlan.timeout)
        }
        batches = [[Int64]](repeating: [], count: plan.streams.count)
    }

    /// It cannot reach its server, or that one sends it elsewhere: where its streams are should be asked.
    var wonders = false

    var isReady: Bool { isIn && reading.state == .connected && ownership?.isKnown ?? true }

    var nextDeadline: Int64 {
        let claims = room > 0 && isIn && plan.claim != nil && scan.isOver && hasStreams ? claimAt : .max
        let lease = isIn && !isLeaving ? ownership?.askAt ?? .max : .max
        return min(reading.nextDeadline, asking.nextDeadline, joinAt, readAt, min(claims, lease, tellAt, keepAt))
    }

    // MARK: Connections

    func connectReading(_ poller: borrowing Poller, now: Int64) {
        reading.connect(to: readingAddress.next(isRefused: reading.isRefused), poller, now: now)
    }

    func connectAsking(_ poller: borrowing Poller, now: Int64) {
        asking.connect(to: askingAddress.next(isRefused: asking.isRefused), poller, now: now)
    }

    func ready(
        _ event: PollEvent, ofReading: Bool, _ poller: borrowing Poller, now: Int64, into inbox: inout ConsumerInbox
    ) {
        let connection = ofReading ? reading : asking
        let before = connection.state
        connection.ready(event, poller, now: now) { request, place, reply in
            take(request, place, reply, now: now, into: &inbox)
        }
        if before == .connecting, connection.state == .connected {
            if ofReading {
                readingAddress.keep()
                reading.ask(.name, now: now)
                reading.output.command(2)
                reading.output.word("CLIENT")
                reading.output.word("ID")
            } else {
                askingAddress.keep()
                join(now: now)
            }
        }
        send(poller, now: now)
        settle(now: now, into: &inbox)
    }

    func expire(_ poller: borrowing Poller, now: Int64, into inbox: inout ConsumerInbox) {
        if reading.expire(now: now) {
            wonders = true
            connectReading(poller, now: now)
        }
        if asking.expire(now: now) {
            wonders = true
            connectAsking(poller, now: now)
        }
        if joinAt <= now { join(now: now) }
        if readAt <= now { readAt = .max }
        if tellAt <= now { tellAgain(now: now) }
        keepOwnership(hasRoom: false, now: now)
        keepInHand(now: now)
        send(poller, now: now)
        settle(now: now, into: &inbox)
    }

    func use(_ addresses: [ServerAddress], _ poller: borrowing Poller, now: Int64, into inbox: inout ConsumerInbox) {
        let leavesReading = readingAddress.use(addresses)
        let leavesAsking = askingAddress.use(addresses)
        for (connection, leaves) in [(reading, leavesReading), (asking, leavesAsking)] {
            if connection.state == .idle {
                connection.retryNow(now)
            } else if leaves {
                connection.giveUp(.abandoned, "the system has moved", now: now)
                connection.retryNow(now)
            }
        }
        settle(now: now, into: &inbox)
    }

    func send(_ poller: borrowing Poller, now: Int64) {
        reading.send(poller, now: now)
        asking.send(poller, now: now)
    }

    /// Leaves a server that takes no consumers, if there is anywhere to go, and sees to what was asked and will not be
    /// answered.
    func settle(now: Int64, into inbox: inout ConsumerInbox) {
        for (connection, address) in [(reading, readingAddress), (asking, askingAddress)]
        where connection.isRefused && connection.isQuiet && connection.state == .connected && address.hasElsewhere {
            connection.giveUp(.abandoned, "the server is a replica", now: now)
            connection.isRefused = true
            connection.retryNow(now)
        }
        if reading.state != .connected, isReading || readingName != nil {
            (isReading, readingName, mayHaveOwn) = (false, nil, true)
            if scan.isOver { claimAt = now }
        }
        if asking.state != .connected, isIn || joinsToCome > 0 {
            (isIn, joinsToCome, joinAt) = (false, 0, .max)
            mayHaveOwn = mayHaveOwn || (scan.isOwn && !scan.isOver)
            scan.begin(own: false)
        }
        for connection in [reading, asking] where !connection.lost.isEmpty {
            let lost = connection.lost
            connection.lost.removeAll(keepingCapacity: true)
            for one in lost { lose(one, into: &inbox) }
        }
    }

    // MARK: Answers

    /// False if the reply is none to this request.
    private func take(
        _ request: GroupConnection.Request, _ place: Int, _ reply: RedisReply.View, now: Int64,
        into inbox: inout ConsumerInbox
    ) -> Bool {
        switch request {
        case .name:
            guard let number = reply.integer else { return reply.isError }
            readingName = number
            return true
        case .unblock: return true
        case .panel: return false
        case .own: return takeOwnership(reply, now: now)
        // What is another's by now is told by nothing else.
        case .keep: return reply.integer != nil || reply.isError
        case .join(let stream): return takeJoin(stream, reply, now: now)
        case .make(let stream): return takeMade(stream, reply, now: now)
        case .read: return takeRead(reply, now: now, into: &inbox)
        case .pending(let stream): return takePending(stream, reply, now: now)
        case .claim(let stream, let count): return takeClaimed(stream, count, reply, now: now, into: &inbox)
        case .ack(let count, let again): return takeAcked(count, again: again, reply, now: now, into: &inbox)
        case .move(let delivery): return takeMoved(delivery, place, reply, into: &inbox)
        }
    }

    /// An error of the server's: what it says of itself, and when to ask again.
    func takeError(_ reply: RedisReply.View, of connection: GroupConnection, now: Int64) -> Int64 {
        if ["READONLY", "MOVED", "CLUSTERDOWN"].contains(where: { reply.isError($0) }) { connection.isRefused = true }
        if reply.isError("READONLY") || Self.isElsewhere(reply) { wonders = true }
        // The group may be gone, or the server another's by now: the place in it is to be taken again.
        if reply.isError("NOGROUP") || reply.isError("UNBLOCKED"), isIn {
            (isIn, joinAt) = (false, now)
        }
        backOff = min(max(GroupPlan.shortestBackOff, backOff * 2), GroupPlan.longestBackOff)
        return now + backOff
    }

    /// What a cluster's node says that does not serve a stream, or not now.
    static func isElsewhere(_ reply: RedisReply.View) -> Bool {
        reply.isError("MOVED") || reply.isError("ASK") || reply.isError("CLUSTERDOWN")
    }

    func goesWell() { backOff = 0 }
}

extension RedisReply.View {
    /// Whether it is an error with this first word.
    func isError(_ word: String) -> Bool {
        isError && bytes.prefix { $0 != 0x20 }.elementsEqual(word.utf8)
    }
}
