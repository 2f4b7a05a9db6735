import Glibc
import History
import Labs
import Platform
import Testing
import Workers
import Workload

@testable import Systems

/// A Kafka subscriber, driven by hand as a consumer's loop drives it, at the pace of a test.
final class KafkaReadingRig {
    struct Delivery {
        var consumer: Int
        var stream: Int
        var offset: UInt64
        var times: Int
        var event: DecodedEvent?
    }

    let subscriber: KafkaSubscriber
    let orders: ConsumerOrders
    private let poller: Poller
    private var inbox = ConsumerInbox()
    private var events: [PollEvent] = []
    /// By their numbers.
    private(set) var handed: [Delivery] = []
    /// Deliveries that nobody has acknowledged or refused.
    private(set) var inHand: [Int64] = []
    /// By stream.
    private(set) var committed: [Int32: UInt64] = [:]
    private(set) var unconfirmed: [Int64] = []
    private(set) var moves: [(delivery: Int64, outcome: Outcome, position: Position?, reason: String)] = []
    /// How many events it takes at a time; 0: it asks for none.
    var room = 100
    /// Asks for more whatever it has in hand.
    var isGreedy = false
    private(set) var hasLeft = false

    convenience init(
        _ broker: KafkaClientBroker, topic: String, group: String, consumers: [String] = ["reader-1"],
        poison: Double = 0, deadLetters: String? = nil, _ change: (inout GroupSettings) -> Void = { _ in }
    ) throws {
        try self.init(
            Self.orders(
                broker, topic: topic, group: group, consumers: consumers, poison: poison, deadLetters: deadLetters,
                change))
    }

    init(_ orders: ConsumerOrders) throws {
        self.orders = orders
        subscriber = try KafkaSubscriber(orders)
        poller = try Poller()
        subscriber.open(poller, now: MonotonicClock.now())
    }

    static func orders(
        _ broker: KafkaClientBroker, topic: String, group: String, consumers: [String] = ["reader-1"],
        poison: Double = 0, deadLetters: String? = nil, _ change: (inout GroupSettings) -> Void = { _ in }
    ) -> ConsumerOrders {
        var settings = GroupSettings(name: group, consumers: consumers.count, processes: 1)
        settings.sessionTimeout = 3_000_000_000
        change(&settings)
        return ConsumerOrders(
            worker: "reading", number: 1, run: KafkaRig.run, group: settings, groupName: group, consumers: consumers,
            client: ClientOrders(
                client: "kafka", addresses: [broker.address], streams: KafkaRig.streams(topic), ack: "all"),
            poison: Poison(share: poison, seed: 7),
            deadLetters: deadLetters.map { ConsumerOrders.DeadLetters(streams: KafkaRig.streams($0), log: 1) },
            historyPath: "", holdingPath: "")
    }

    /// One turn of a loop; with what is in hand nothing happens.
    func turn() throws {
        let left = max(0, min(subscriber.nextDeadline, MonotonicClock.now() + 5_000_000) - MonotonicClock.now())
        try poller.wait(timeoutNanoseconds: left, into: &events)
        let now = MonotonicClock.now()
        for event in events { subscriber.ready(event, poller, now: now, into: &inbox) }
        if subscriber.nextDeadline <= now { subscriber.expire(poller, now: now, into: &inbox) }
        for consumer in orders.consumers.indices {
            let busy = inHand.count { handed[Int($0)].consumer == consumer }
            let free = orders.group.ack == .auto ? max(0, room - busy) : busy == 0 || isGreedy ? room : 0
            subscriber.demand(consumer, free, poller, now: now, into: &inbox)
        }
        take()
    }

    private func take() {
        for item in inbox.handed {
            inHand.append(Int64(handed.count))
            handed.append(
                Delivery(
                    consumer: Int(item.consumer), stream: Int(item.stream), offset: item.position.major,
                    times: Int(item.times), event: item.event))
        }
        for receipt in inbox.receipts {
            switch receipt {
            case .acked: Issue.record("Kafka confirms no single entry")
            case .committed(let stream, let before): committed[stream] = max(committed[stream] ?? 0, before.major)
            case .unconfirmed(let deliveries): unconfirmed += deliveries
            case .moved(let delivery, let outcome, let position, let reason):
                moves.append((delivery, outcome, position, reason))
            }
        }
        inbox = ConsumerInbox()
    }

    /// The work on everything in hand is done.
    func finishAll() { finish { _ in true } }

    /// The work on these deliveries is done.
    func finish(_ which: (Int64) -> Bool) {
        let done = inHand.filter(which)
        inHand.removeAll { done.contains($0) }
        subscriber.acknowledge(done, poller, now: MonotonicClock.now(), into: &inbox)
        take()
    }

    func refuse(_ delivery: Int64) {
        inHand.removeAll { $0 == delivery }
        subscriber.refuse(delivery, poller, now: MonotonicClock.now(), into: &inbox)
        take()
    }

    func move(_ delivery: Int64) {
        subscriber.moveToDeadLetters(delivery, poller, now: MonotonicClock.now(), into: &inbox)
        take()
    }

    func leave() throws {
        try wait("it does not leave") { rig in
            rig.hasLeft = rig.subscriber.leave(rig.poller, now: MonotonicClock.now(), into: &rig.inbox)
            rig.take()
            return rig.hasLeft
        }
    }

    func wait(_ otherwise: String, _ condition: (KafkaReadingRig) throws -> Bool) throws {
        try Self.wait([self], otherwise) { try condition(self) }
    }

    /// Several at the same time, as if each had a process of its own.
    static func wait(_ rigs: [KafkaReadingRig], _ otherwise: String, _ condition: () throws -> Bool) throws {
        let deadline = MonotonicClock.now() + 30_000_000_000
        while try !condition() {
            guard MonotonicClock.now() < deadline else { throw SystemError(.deadline, otherwise) }
            for rig in rigs where !rig.hasLeft { try rig.turn() }
        }
    }

    /// Entries of all partitions that the broker has noted as done.
    var committedCount: Int { Int(committed.values.reduce(0, +)) }
    var places: [String] { handed.map { "\($0.stream):\($0.offset)" } }
}
