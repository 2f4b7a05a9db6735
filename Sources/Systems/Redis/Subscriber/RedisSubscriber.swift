import History
import Platform
import Workers
import Workload

/// The consumers of one process in a group of Redis streams (XREADGROUP).
///
/// Positions that are done are told by XACK, which asks for no owner; what is not told stays pending at the server, and
/// is taken over by whoever claims it, this process included.
///
/// In a cluster each consumer has a member for each stream, with connections of its own to whoever has that stream: one
/// command names streams of one slot only, and one that stands blocked holds up whatever comes behind it.
final class RedisSubscriber: Subscriber {
    private let plan: GroupPlan
    private let held = HeldDeliveries()
    /// In the order of the consumers.
    private let members: [GroupMember]
    private let membersOfEach: Int
    /// Whom the consumers follow, where sentinels say so.
    private let watch: SentinelWatch?
    /// Where each stream is, in a cluster.
    private let cluster: ClusterWatch?
    /// Where each member was sent to last, in a cluster.
    private var places: [Int]
    /// When to go even though something is not confirmed; nil while nobody leaves.
    private var leavesBy: Int64?

    init(_ orders: ConsumerOrders) throws(WorkerError) {
        if let problem = orders.problem { throw WorkerError(problem) }
        let plan = GroupPlan(orders)
        let addresses = try ServerAddress.ours(orders.client.addresses)
        let pinned = orders.client.settings["clients"] == "pinned"
        self.plan = plan
        watch = try SentinelWatch(orders.client)
        let cluster = try ClusterWatch(orders.client)
        self.cluster = cluster
        if cluster != nil { DescriptorLimit.raise() }
        let shares = cluster == nil ? [Array(plan.streams.indices)] : plan.streams.indices.map { [$0] }
        membersOfEach = shares.count
        var members: [GroupMember] = []
        for (consumer, name) in orders.consumers.enumerated() {
            for streams in shares {
                let first = cluster.map { [$0.nodes[$0.owners[streams[0]]]] } ?? addresses
                members.append(
                    GroupMember(
                        plan, index: members.count, consumer: consumer, streams: streams, name: name, held: held,
                        address: AddressChoice(first, pinned: pinned)))
            }
        }
        self.members = members
        places = cluster.map { cluster in members.map { cluster.owners[$0.streams[0]] } } ?? []
    }

    var form: Position.Form { .entry }
    var isReady: Bool { members.allSatisfy { $0.isReady } }
    var unconfirmed: Int { held.unconfirmed }
    /// Where streams have no owners, their entries go to whoever asks.
    var rebalances: Int64 { members.reduce(0) { $0 + ($1.ownership?.changes ?? 0) } }
    var refusals: Int64 { members.reduce(0) { $0 + $1.refusals } }

    var nextDeadline: Int64 {
        let watching = min(watch?.nextDeadline ?? .max, cluster?.nextDeadline ?? .max)
        return members.reduce(watching) { min($0, $1.nextDeadline) }
    }

    private func members(of consumer: Int) -> ArraySlice<GroupMember> {
        members[consumer * membersOfEach..<(consumer + 1) * membersOfEach]
    }

    private func member(of delivery: HeldDeliveries.Held) -> GroupMember {
        members[Int(delivery.consumer) * membersOfEach + (membersOfEach > 1 ? Int(delivery.stream) : 0)]
    }

    func open(_ poller: borrowing Poller, now: Int64) {
        watch?.open(poller, now: now)
        cluster?.open(poller, now: now)
        cluster?.wonder(now: now)
        for member in members {
            member.connectReading(poller, now: now)
            member.connectAsking(poller, now: now)
        }
    }

    func demand(_ consumer: Int, _ room: Int, _ poller: borrowing Poller, now: Int64, into inbox: inout ConsumerInbox) {
        for member in members(of: consumer) {
            member.demand(room, poller, now: now)
            member.settle(now: now, into: &inbox)
        }
    }

    func acknowledge(_ deliveries: [Int64], _ poller: borrowing Poller, now: Int64, into inbox: inout ConsumerInbox) {
        for delivery in deliveries {
            guard let one = held[delivery], one.state == .held else { continue }
            held.set(delivery, .acking)
            member(of: one).collect(delivery, stream: Int(one.stream))
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
        let member = member(of: value.held)
        member.move(delivery, value, now: now)
        member.send(poller, now: now)
        member.settle(now: now, into: &inbox)
    }

    func ready(_ event: PollEvent, _ poller: borrowing Poller, now: Int64, into inbox: inout ConsumerInbox) {
        if Panel.owns(event) {
            if watch?.ready(event, poller, now: now) == true { follow(poller, now: now, into: &inbox) }
            if cluster?.ready(event, poller, now: now) == true { spread(poller, now: now, into: &inbox) }
            return
        }
        let index = Int(event.token & 0xFFFF_FFFF) - 1
        let member = members[index / 2]
        member.ready(event, ofReading: index % 2 == 0, poller, now: now, into: &inbox)
        wonder(with: member, now: now)
    }

    func expire(_ poller: borrowing Poller, now: Int64, into inbox: inout ConsumerInbox) {
        for member in members where member.nextDeadline <= now {
            member.expire(poller, now: now, into: &inbox)
            wonder(with: member, now: now)
        }
        watch?.expire(poller, now: now)
        cluster?.expire(poller, now: now)
    }

    private func wonder(with member: GroupMember, now: Int64) {
        if member.wonders { cluster?.wonder(now: now) }
        member.wonders = false
    }

    private func follow(_ poller: borrowing Poller, now: Int64, into inbox: inout ConsumerInbox) {
        guard let leader = watch?.current else { return }
        for member in members { member.use([leader], poller, now: now, into: &inbox) }
    }

    /// Sends each member to where its stream is by now.
    private func spread(_ poller: borrowing Poller, now: Int64, into inbox: inout ConsumerInbox) {
        guard let cluster else { return }
        for (index, member) in members.enumerated() where places[index] != cluster.owners[member.streams[0]] {
            places[index] = cluster.owners[member.streams[0]]
            member.use([cluster.nodes[places[index]]], poller, now: now, into: &inbox)
        }
    }

    func use(addresses texts: [String], _ poller: borrowing Poller, now: Int64, into inbox: inout ConsumerInbox) {
        guard let usable = try? ServerAddress.ours(texts), !usable.isEmpty else { return }
        // Where its streams are a client of a cluster knows by itself.
        if let cluster { return cluster.wonder(now: now) }
        for member in members { member.use(usable, poller, now: now, into: &inbox) }
    }

    func leave(_ poller: borrowing Poller, now: Int64, into inbox: inout ConsumerInbox) -> Bool {
        let deadline = leavesBy ?? now + GroupPlan.timeout
        leavesBy = deadline
        var isQuiet = true
        for member in members where !member.stopReading(poller, now: now) { isQuiet = false }
        if now < deadline, !isQuiet || held.unconfirmed > 0 { return false }
        for member in members { member.end(poller, now: now, into: &inbox) }
        watch?.end(now: now)
        cluster?.end(now: now)
        return true
    }

    func owns(_ stream: Int32, now: Int64) -> Bool {
        members.allSatisfy { member in
            guard let ownership = member.ownership else { return true }
            return ownership.isValid(now: now) && ownership.held[Int(stream)]
        }
    }
}
