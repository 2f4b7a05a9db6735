import History
import Workers
import Workload

/// The replies to a move so far: MULTI, XADD, XACK, EXEC.
struct MoveProgress {
    var refusal: (outcome: Outcome, reason: String)?
}

/// Telling the server what is done.
extension GroupMember {
    /// Takes a delivery into the next XACK of its stream.
    func collect(_ delivery: Int64, stream: Int) {
        if batches[stream].isEmpty { touched.append(stream) }
        batches[stream].append(delivery)
    }

    /// Asks what was collected: one command for each stream.
    func acknowledge(now: Int64) {
        for stream in touched {
            let count = batches[stream].count
            asking.ask(.ack(count: count, again: tellsAgain), now: now)
            asking.output.command((plan.deletes ? 6 : 3) + count)
            asking.output.word(plan.deletes ? "XACKDEL" : "XACK")
            asking.output.word(plan.streams[stream])
            asking.output.word(plan.group)
            if plan.deletes {
                asking.output.word("ACKED")
                asking.output.word("IDS")
                asking.output.word(Int64(count))
            }
            for delivery in batches[stream] {
                asking.output.word(held[delivery]?.position ?? Position(0, 0))
                acking.append(delivery)
            }
            batches[stream].removeAll(keepingCapacity: true)
        }
        touched.removeAll(keepingCapacity: true)
        (tellsAgain, tellAt) = (false, .max)
    }

    /// Asks what was set aside, if there is a server that leads.
    func tellAgain(now: Int64) {
        tellAt = .max
        if isIn, !touched.isEmpty { acknowledge(now: now) }
    }

    /// 0 as well as 1 means that the entry is done: XACK asks for no owner. Of what is told again it may also mean that
    /// the server has lost the group's progress since, and is no confirmation.
    func takeAcked(
        _ count: Int, again: Bool, _ reply: RedisReply.View, now: Int64, into inbox: inout ConsumerInbox
    ) -> Bool {
        if reply.isError {
            // One that is sent elsewhere is told there.
            if !Self.isElsewhere(reply) { refusals += Int64(count) }
            tellAt = takeError(reply, of: asking, now: now)
            setAside(count, into: &inbox)
            return true
        }
        guard let done = plan.deletes ? Self.done(in: reply, of: count) : reply.integer else {
            setAside(count, into: &inbox)
            return false
        }
        if again, done < count {
            abandon(count, into: &inbox)
            return true
        }
        for _ in 0..<count {
            guard let delivery = acking.removeFirst() else { return false }
            held.set(delivery, .closed)
            inbox.receipts.append(.acked(delivery))
        }
        return true
    }

    /// XACKDEL answers for each: deleted (1), kept for another group's sake (2), or not there (-1). Nil: it is no answer.
    private static func done(in reply: RedisReply.View, of count: Int) -> Int64? {
        guard reply.isArray, reply.count == count else { return nil }
        return (0..<count).reduce(into: 0) { done, place in done += reply[place].integer ?? -1 > 0 ? 1 : 0 }
    }

    /// Nobody knows whether the server has heard of them. Where the work is done it is told again, for XACK may be said
    /// twice; where it was not to begin before the answer, it never begins: somebody else may be at it by then.
    private func setAside(_ count: Int, into inbox: inout ConsumerInbox) {
        guard plan.ack == .afterProcessing else { return abandon(count, into: &inbox) }
        for _ in 0..<count {
            guard let delivery = acking.removeFirst(), let one = held[delivery] else { continue }
            collect(delivery, stream: Int(one.stream))
            tellsAgain = true
        }
    }

    /// They stay pending, and are claimed, or were done.
    private func abandon(_ count: Int, into inbox: inout ConsumerInbox) {
        var ones: [Int64] = []
        for _ in 0..<count {
            guard let delivery = acking.removeFirst() else { break }
            held.set(delivery, .closed)
            ones.append(delivery)
        }
        if !ones.isEmpty { inbox.receipts.append(.unconfirmed(ones)) }
    }

    // MARK: Dead letters

    /// Adds the event to the dead letters and acknowledges it, both or neither.
    func move(_ delivery: Int64, _ value: HeldDeliveries.Value, now: Int64) {
        let acknowledges = held[delivery] != nil
        held.set(delivery, .moving)
        let output = asking
        asking.ask(.move(delivery: delivery), replies: acknowledges ? 4 : 3, now: now)
        output.output.command(1)
        output.output.word("MULTI")
        output.output.command(5)
        output.output.word("XADD")
        output.output.word(plan.deadStreams[Int(value.agent % Int64(plan.deadStreams.count))])
        output.output.word("*")
        output.output.word("e")
        output.output.word(value.bytes)
        if acknowledges {
            output.output.command(4)
            output.output.word("XACK")
            output.output.word(plan.streams[Int(value.held.stream)])
            output.output.word(plan.group)
            output.output.word(value.held.position)
        }
        output.output.command(1)
        output.output.word("EXEC")
    }

    func takeMoved(
        _ delivery: Int64, _ place: Int, _ reply: RedisReply.View, into inbox: inout ConsumerInbox
    ) -> Bool {
        let acknowledges = held[delivery] != nil
        guard place == (acknowledges ? 3 : 2) else {
            // Why EXEC will refuse all of it.
            if reply.isError, move.refusal == nil { move.refusal = Self.outcome(ofError: reply) }
            return true
        }
        defer { move = MoveProgress() }
        if reply.isError {
            let own = Self.outcome(ofError: reply)
            moved(delivery, own.outcome, nil, move.refusal?.reason ?? own.reason, into: &inbox)
            return true
        }
        guard reply.count == (acknowledges ? 2 : 1) else {
            moved(delivery, .unknown, nil, RedisReplies.Loss.nonsense.rawValue, into: &inbox)
            return false
        }
        if reply[0].isError {
            let own = Self.outcome(ofError: reply[0])
            moved(delivery, own.outcome, nil, own.reason, into: &inbox)
            return true
        }
        let bytes = reply[0].bytes
        guard let position = EntryID.parse(bytes, 0..<bytes.count) else {
            moved(delivery, .unknown, nil, RedisReplies.Loss.nonsense.rawValue, into: &inbox)
            return false
        }
        inbox.receipts.append(.moved(delivery, .acked, position, reason: ""))
        if acknowledges {
            held.set(delivery, .closed)
            inbox.receipts.append(reply[1].integer != nil ? .acked(delivery) : .unconfirmed([delivery]))
        }
        return true
    }

    private static func outcome(ofError error: RedisReply.View) -> (outcome: Outcome, reason: String) {
        (RedisReplies.row(ofError: error.bytes).outcome, String(decoding: error.bytes.prefix(200), as: UTF8.self))
    }

    /// It did not work, or nobody knows: it is in hand no more.
    func moved(
        _ delivery: Int64, _ outcome: Outcome, _ position: Position?, _ reason: String, into inbox: inout ConsumerInbox
    ) {
        held.set(delivery, .closed)
        inbox.receipts.append(.moved(delivery, outcome, position, reason: reason))
    }

    // MARK: Lost connections

    /// What was asked and will not be answered.
    func lose(_ lost: GroupConnection.Lost, into inbox: inout ConsumerInbox) {
        switch lost.request {
        case .ack(let count, _): setAside(count, into: &inbox)
        case .move(let delivery):
            move = MoveProgress()
            moved(delivery, lost.wasSent ? .unknown : .failed, nil, lost.reason, into: &inbox)
        case .own: ownership?.retry(at: .max)
        case .name, .join, .make, .read, .pending, .claim, .unblock, .panel, .keep: break
        }
    }
}
