import History
import Platform
import Workers
import Workload

/// The consumers of one process in a group of Redis streams (XREADGROUP).
///
/// Positions that are done are told by XACK, which asks for no owner; what is not told stays pending at the server, and
/// is taken over by whoever claims it, this process included.
final class RedisSubscriber: Subscriber {
    private let plan: GroupPlan
    private let held = HeldDeliveries()
    private let members: [GroupMember]
    /// When to go even though something is not confirmed; nil while nobody leaves.
    private var leavesBy: Int64?

    init(_ orders: ConsumerOrders) throws(WorkerError) {
        if let problem = orders.problem { throw WorkerError(problem) }
        let plan = GroupPlan(orders)
        let addresses = try ServerAddress.ours(orders.client.addresses)
        let address = AddressChoice(addresses, pinned: orders.client.settings["clients"] == "pinned")
        self.plan = plan
        members = orders.consumers.enumerated().map { [held] index, name in
            GroupMember(plan, index: index, name: name, held: held, address: address)
        }
    }

    var form: Position.Form { .entry }
    var isReady: Bool { members.allSatisfy { $0.isReady } }
    var unconfirmed: Int { held.unconfirmed }
    /// Where streams have no owners, their entries go to whoever asks.
    var rebalances: Int64 { members.reduce(0) { $0 + ($1.ownership?.changes ?? 0) } }
    var refusals: Int64 { members.reduce(0) { $0 + $1.refusals } }
    var nextDeadline: Int64 { members.reduce(.max) { min($0, $1.nextDeadline) } }

    func open(_ poller: borrowing Poller, now: Int64) {
        for member in members {
            member.connectReading(poller, now: now)
            member.connectAsking(poller, now: now)
        }
    }

    func demand(_ consumer: Int, _ room: Int, _ poller: borrowing Poller, now: Int64, into inbox: inout ConsumerInbox) {
        members[consumer].demand(room, poller, now: now)
        members[consumer].settle(now: now, into: &inbox)
    }

    func acknowledge(_ deliveries: [Int64], _ poller: borrowing Poller, now: Int64, into inbox: inout ConsumerInbox) {
        for delivery in deliveries {
            guard let one = held[delivery], one.state == .held else { continue }
            held.set(delivery, .acking)
            members[Int(one.consumer)].collect(delivery, stream: Int(one.stream))
        }
        for member in members where !member.touched.isEmpty {
            member.acknowledge(now: now)
            member.send(poller, now: now)
            member.settle(now: now, into: &inbox)
        }
    }

    /// It stays pending, and is claimed once it idles for long enough.
    func refuse(_ delivery: Int64, _ poller: borrowing Poller, now: Int64, into inbox: inout ConsumerInbox) {
        _ = held.takeValue(delivery)
        held.set(delivery, .closed)
    }

    func moveToDeadLetters(_ delivery: Int64, _ poller: borrowing Poller, now: Int64, into inbox: inout ConsumerInbox) {
        guard let value = held.takeValue(delivery) else {
            held.set(delivery, .closed)
            inbox.receipts.append(.moved(delivery, .failed, nil, reason: "its value was not kept: it is no poison"))
            return
        }
        let member = members[Int(value.held.consumer)]
        member.move(delivery, value, now: now)
        member.send(poller, now: now)
        member.settle(now: now, into: &inbox)
    }

    func ready(_ event: PollEvent, _ poller: borrowing Poller, now: Int64, into inbox: inout ConsumerInbox) {
        let index = Int(event.token & 0xFFFF_FFFF) - 1
        members[index / 2].ready(event, ofReading: index % 2 == 0, poller, now: now, into: &inbox)
    }

    func expire(_ poller: borrowing Poller, now: Int64, into inbox: inout ConsumerInbox) {
        for member in members where member.nextDeadline <= now { member.expire(poller, now: now, into: &inbox) }
    }

    func use(addresses texts: [String], _ poller: borrowing Poller, now: Int64, into inbox: inout ConsumerInbox) {
        guard let usable = try? ServerAddress.ours(texts), !usable.isEmpty else { return }
        for member in members { member.use(usable, poller, now: now, into: &inbox) }
    }

    func leave(_ poller: borrowing Poller, now: Int64, into inbox: inout ConsumerInbox) -> Bool {
        let deadline = leavesBy ?? now + GroupPlan.timeout
        leavesBy = deadline
        var isQuiet = true
        for member in members where !member.stopReading(poller, now: now) { isQuiet = false }
        if now < deadline, !isQuiet || held.unconfirmed > 0 { return false }
        for member in members { member.end(poller, now: now, into: &inbox) }
        return true
    }

    func owns(_ stream: Int32, now: Int64) -> Bool {
        members.allSatisfy { member in
            guard let ownership = member.ownership else { return true }
            return ownership.isValid(now: now) && ownership.held[Int(stream)]
        }
    }
}
