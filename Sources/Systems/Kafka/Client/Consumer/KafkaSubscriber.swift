import CRDKafka
import History
import Platform
import Workers
import Workload

/// Reads one topic for the consumers of a process, each a member of the group with an instance of the library of its own.
///
/// A consumer gives up a partition only when what it has in hand of it is done and committed, as a well-behaved
/// application does; one that was taken from it without being asked is given up at once. It keeps its place in the group
/// while it works, and loses it to the poll time-out as an application does that does not ask for more in time.
final class KafkaSubscriber: Subscriber {
    private static let errandToken: UInt64 = 1
    private static let deadLetterToken: UInt64 = 2
    private static let memberTokens: UInt64 = 16

    /// An event that comes again.
    struct Refused {
        var delivery: Int64
        var due: Int64
    }

    let orders: ConsumerOrders
    let settings: KafkaConsumerSettings
    let errands: KafkaErrands
    let members: [KafkaMember]
    var deliveries = KafkaDeliveries()
    var refused: [[Refused]]
    let deadLetters: KafkaDeadLetters?
    var refusals: Int64 = 0
    /// Of each consumer: it would go on reading if it had room.
    var waits: [Bool]
    var leaveBy: Int64?
    var left: [Bool]

    init(_ orders: ConsumerOrders) throws(WorkerError) {
        let settings = try KafkaConsumerSettings(orders)
        (self.orders, self.settings) = (orders, settings)
        do throws(KernelFailure) { errands = try KafkaErrands() } catch { throw WorkerError(error.description) }
        deadLetters = try orders.deadLetters.map { dead throws(WorkerError) in
            try KafkaDeadLetters(dead, orders, token: Self.deadLetterToken)
        }
        var members: [KafkaMember] = []
        do throws(KafkaClientError) {
            for name in orders.consumers {
                members.append(try KafkaMember(settings, name: name, worker: orders.worker))
            }
        } catch {
            throw WorkerError("client.settings: \(error)")
        }
        self.members = members
        refused = [[Refused]](repeating: [], count: members.count)
        waits = [Bool](repeating: false, count: members.count)
        left = [Bool](repeating: false, count: members.count)
    }

    deinit { errands.end() }

    var form: Position.Form { .offset }
    var isReady: Bool { members.allSatisfy(\.isPlaced) }
    var unconfirmed: Int { members.reduce(0) { $0 + $1.shares.reduce(0) { $0 + $1.unconfirmed } } }
    var rebalances: Int64 { members.reduce(0) { $0 + $1.rebalances } }
    /// Something is to be given up, and still in hand.
    var isGivingUp: Bool { members.contains { $0.revocation != nil } }
    var isAuto: Bool { orders.group.ack == .auto }

    var nextDeadline: Int64 {
        var next = Int64.max
        for (index, member) in members.enumerated() where !left[index] {
            if let first = refused[index].first { next = min(next, first.due) }
            if waits[index] { next = min(next, member.nextKeepUp) }
            if !member.commit.isUnderWay, !member.isPassing, member.hasCommittable {
                next = min(next, member.commit.after)
            }
        }
        return next
    }

    func token(_ member: Int, news: Bool) -> UInt64 { Self.memberTokens + UInt64(2 * member + (news ? 1 : 0)) }

    func open(_ poller: borrowing Poller, now: Int64) {
        Diagnostics.write("\(orders.worker): librdkafka \(KafkaLibrary.version)")
        Self.listen(to: errands.descriptor, token: Self.errandToken, poller)
        for (index, member) in members.enumerated() {
            Self.listen(to: member.descriptor, token: token(index, news: false), poller)
            Self.listen(to: member.news.descriptor, token: token(index, news: true), poller)
            member.subscribe()
        }
    }

    static func listen(to descriptor: Int32, token: UInt64, _ poller: borrowing Poller) {
        do throws(KernelFailure) { try poller.add(descriptor, token: token) } catch {
            preconditionFailure("an event descriptor that cannot be polled: \(error)")
        }
    }

    // MARK: Reading

    func demand(_ consumer: Int, _ room: Int, _ poller: borrowing Poller, now: Int64, into inbox: inout ConsumerInbox) {
        // A loop that has much to do may not come to wait for descriptors.
        takeNews(consumer, now: now, into: &inbox)
        stepRevocation(consumer, now: now, into: &inbox)
        let member = members[consumer]
        let isBlocked = !refused[consumer].isEmpty
        waits[consumer] = leaveBy == nil && (isBlocked || (isAuto && room <= 0))
        if room > 0, isBlocked { return handAgain(consumer, room, now: now, into: &inbox) }
        guard room > 0 else {
            if waits[consumer] { keepUp(consumer, now: now, into: &inbox) }
            return
        }
        member.goOn()
        read(consumer, room, now: now, into: &inbox)
        if member.revocation != nil { stepRevocation(consumer, now: now, into: &inbox) }
    }

    func read(_ consumer: Int, _ room: Int, now: Int64, into inbox: inout ConsumerInbox) {
        members[consumer].read(
            room, now: now, { hand($0, to: consumer, into: &inbox) }, { lose($0, of: consumer, into: &inbox) })
    }

    func keepUp(_ consumer: Int, now: Int64, into inbox: inout ConsumerInbox) {
        members[consumer].keepUp(
            now: now, { hand($0, to: consumer, into: &inbox) }, { lose($0, of: consumer, into: &inbox) })
    }

    func hand(_ message: rd_kafka_message_t, to consumer: Int, into inbox: inout ConsumerInbox) {
        let member = members[consumer]
        guard message.err == RD_KAFKA_RESP_ERR_NO_ERROR, let stream = member.stream(of: message.partition) else {
            return member.instance.surroundings.log(KafkaLibrary.name(message.err))
        }
        let value = UnsafeRawBufferPointer(start: message.payload, count: message.len)
        let event = EventCodec.decode(value)
        var handed = Handed(
            consumer: consumer, stream: Int(stream), position: Position(UInt64(message.offset)), event: event)
        if orders.keepsValues, event != nil {
            handed.valueLength = Int32(value.count)
            inbox.values.append(contentsOf: value)
        }
        inbox.handed.append(handed)
        // The library itself notes what it has handed over.
        if isAuto { return deliveries.skip() }
        let delivery = deliveries.next
        let share = member.share(of: stream)
        deliveries.append(
            KafkaDeliveries.Entry(
                member: Int32(consumer), share: share, offset: message.offset, times: 1, event: event))
        if share >= 0 { member.shares[Int(share)].take(offset: message.offset, delivery: delivery) }
        if let deadLetters, let event, orders.poison.isIn(agent: event.agent, seq: event.seq) {
            let key = message.key.map { UnsafeRawBufferPointer(start: $0, count: message.key_len) }
            deadLetters.keep(delivery, value: value, key: key)
        }
    }

    /// Hands over what could not be processed, once it is due; nothing else before that is done with.
    func handAgain(_ consumer: Int, _ room: Int, now: Int64, into inbox: inout ConsumerInbox) {
        var count = 0
        for again in refused[consumer].prefix(room) {
            guard again.due <= now else { break }
            count += 1
            guard let entry = deliveries[again.delivery] else { continue }
            let share = members[consumer].shares[Int(entry.share)]
            let delivery = deliveries.next
            var fresh = entry
            fresh.times += 1
            deliveries.append(fresh)
            deliveries.close(again.delivery)
            deadLetters?.rename(again.delivery, delivery)
            share.renew(offset: entry.offset, delivery: delivery)
            inbox.handed.append(
                Handed(
                    consumer: consumer, stream: Int(share.stream), position: Position(UInt64(entry.offset)),
                    times: Int(fresh.times), event: entry.event))
        }
        refused[consumer].removeFirst(count)
        if count == 0 { keepUp(consumer, now: now, into: &inbox) }
    }

    // MARK: Acknowledging

    func acknowledge(
        _ deliveries: [Int64], _ poller: borrowing Poller, now: Int64, into inbox: inout ConsumerInbox
    ) {
        if isAuto { return }
        var late: [Int64] = []
        for delivery in deliveries {
            guard let (_, share, offset) = place(of: delivery) else { continue }
            deadLetters?.forget(delivery)
            guard share?.acknowledge(offset: offset) ?? false else {
                self.deliveries.close(delivery)
                late.append(delivery)
                continue
            }
        }
        if !late.isEmpty { inbox.receipts.append(.unconfirmed(late)) }
        for consumer in members.indices { commitIfDue(consumer, now: now, into: &inbox) }
    }

    func place(of delivery: Int64) -> (member: Int, share: KafkaShare?, offset: Int64)? {
        guard let entry = deliveries[delivery] else { return nil }
        let member = Int(entry.member)
        return (member, entry.share < 0 ? nil : members[member].shares[Int(entry.share)], entry.offset)
    }

    func refuse(_ delivery: Int64, _ poller: borrowing Poller, now: Int64, into inbox: inout ConsumerInbox) {
        guard let (member, share, _) = place(of: delivery) else { return }
        guard let share, !share.isLost, !members[member].revoked.contains(where: { $0 === share }) else {
            // Whoever gets the partition will get it.
            if let share, !share.isLost { share.abandon() }
            return forget(delivery)
        }
        refused[member].append(Refused(delivery: delivery, due: now + SystemLimits.kafkaRefusalDelay))
    }

    func forget(_ delivery: Int64) {
        deadLetters?.forget(delivery)
        deliveries.close(delivery)
    }

    func moveToDeadLetters(
        _ delivery: Int64, _ poller: borrowing Poller, now: Int64, into inbox: inout ConsumerInbox
    ) {
        guard let deadLetters, let entry = deliveries[delivery] else {
            inbox.receipts.append(.moved(delivery, .failed, nil, reason: "it is not in hand"))
            return
        }
        deadLetters.move(delivery, agent: entry.event?.agent ?? 0, poller, into: &inbox)
    }

    // MARK: What the broker says

    func ready(_ event: PollEvent, _ poller: borrowing Poller, now: Int64, into inbox: inout ConsumerInbox) {
        switch event.token {
        case Self.errandToken: _ = errands.take()
        case Self.deadLetterToken: deadLetters?.ready(poller, errands, into: &inbox)
        default:
            let consumer = Int(event.token - Self.memberTokens) / 2
            guard members.indices.contains(consumer) else { return }
            guard event.token == token(consumer, news: true) else { return members[consumer].hush() }
            members[consumer].news.hush()
            takeNews(consumer, now: now, into: &inbox)
            stepRevocation(consumer, now: now, into: &inbox)
        }
    }

    func takeNews(_ consumer: Int, now: Int64, into inbox: inout ConsumerInbox) {
        let member = members[consumer]
        for item in member.news.take() {
            switch item {
            // The library's own log says it, too.
            case .error(RD_KAFKA_RESP_ERR__TRANSPORT, _), .error(RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, _): break
            case .error(let error, let text): member.instance.surroundings.log("\(KafkaLibrary.name(error)): \(text)")
            case .commit(let number, let parts) where number != member.commit.number:
                noteOwnCommit(parts, of: member, into: &inbox)
            case .commit(_, let parts):
                endCommit(parts, of: member, now: now, into: &inbox)
                commitIfDue(consumer, now: now, into: &inbox)
            }
        }
    }

    // MARK: Deadlines and ends

    func expire(_ poller: borrowing Poller, now: Int64, into inbox: inout ConsumerInbox) {
        // What else is due is seen to when the loop asks for more.
        for consumer in members.indices where !left[consumer] { commitIfDue(consumer, now: now, into: &inbox) }
    }

    /// The library asks the brokers themselves where the partitions are; all of them are known to it from the start.
    func use(addresses: [String], _ poller: borrowing Poller, now: Int64, into inbox: inout ConsumerInbox) {}
}
