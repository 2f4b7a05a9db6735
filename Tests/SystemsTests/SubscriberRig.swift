import Foundation
import History
import Labs
import Platform
import Testing
import Workers
import Workload

@testable import Systems

/// A subscriber, driven by hand as a consumer's loop drives it.
final class SubscriberRig {
    let subscriber: RedisSubscriber
    /// What each consumer has room for, whenever it is asked.
    var room = 100
    private(set) var handed: [Handed] = []
    private(set) var values: [UInt8] = []
    private(set) var acked: [Int64] = []
    private(set) var unconfirmed: [Int64] = []
    private(set) var moved: [(delivery: Int64, outcome: Outcome, position: Position?, reason: String)] = []
    private let poller: Poller
    private let consumers: Int
    private var inbox = ConsumerInbox()
    private var events: [PollEvent] = []

    init(
        _ bench: Bench, _ group: GroupSettings, names: [String] = ["c-1"], poison: Double = 0,
        clients: String = "follow", owns: Bool = false, keeps: Bool = false
    ) throws {
        var (client, name) = bench.system.subscription(of: group)
        client.settings["clients"] = clients
        let dead = bench.system.deadStreams(of: group)
        var orders = ConsumerOrders(
            worker: "rig", number: 1, run: Bench.run, group: group, groupName: name, consumers: names, client: client,
            poison: Poison(share: poison, seed: 1),
            deadLetters: dead.isEmpty ? nil : ConsumerOrders.DeadLetters(streams: dead, log: 1), historyPath: "",
            holdingPath: "")
        (orders.ownsStreams, orders.keepsValues) = (owns, owns || keeps)
        subscriber = try RedisSubscriber(orders)
        poller = try Poller()
        consumers = names.count
        subscriber.open(poller, now: MonotonicClock.now())
    }

    func turn() throws {
        let left = max(0, min(subscriber.nextDeadline, MonotonicClock.now() + 10_000_000) - MonotonicClock.now())
        try poller.wait(timeoutNanoseconds: left, into: &events)
        let now = MonotonicClock.now()
        for event in events { subscriber.ready(event, poller, now: now, into: &inbox) }
        if subscriber.nextDeadline <= now { subscriber.expire(poller, now: now, into: &inbox) }
        collect()
        for consumer in 0..<consumers { subscriber.demand(consumer, room, poller, now: now, into: &inbox) }
        collect()
    }

    private func collect() {
        handed += inbox.handed
        values += inbox.values
        for receipt in inbox.receipts {
            switch receipt {
            case .acked(let delivery): acked.append(delivery)
            case .unconfirmed(let deliveries): unconfirmed += deliveries
            case .moved(let delivery, let outcome, let position, let reason):
                moved.append((delivery, outcome, position, reason))
            case .committed: Issue.record("Redis commits no positions")
            }
        }
        inbox = ConsumerInbox()
    }

    func settle(_ what: String = "", _ condition: () throws -> Bool) throws {
        let deadline = MonotonicClock.now() + 20_000_000_000
        while try !condition() {
            guard MonotonicClock.now() < deadline else {
                throw SystemError(.deadline, "\(what): \(handed.count) handed, \(acked.count) acked")
            }
            try turn()
        }
    }

    func acknowledge(_ deliveries: [Int64]) {
        subscriber.acknowledge(deliveries, poller, now: MonotonicClock.now(), into: &inbox)
        collect()
    }

    func refuse(_ delivery: Int64) {
        subscriber.refuse(delivery, poller, now: MonotonicClock.now(), into: &inbox)
    }

    func move(_ delivery: Int64) {
        subscriber.moveToDeadLetters(delivery, poller, now: MonotonicClock.now(), into: &inbox)
        collect()
    }

    func use(_ addresses: [String]) {
        subscriber.use(addresses: addresses, poller, now: MonotonicClock.now(), into: &inbox)
        collect()
    }

    func leave() throws {
        room = 0
        try settle("leaving") {
            subscriber.leave(poller, now: MonotonicClock.now(), into: &inbox)
        }
        collect()
    }
}

extension GroupSettings {
    /// A group of tests: one consumer, and claims after so many milliseconds.
    static func test(
        _ name: String = "g", ack: Ack = .afterProcessing, claim milliseconds: Int64? = 100, dead: Int? = nil,
        batch: Int = 100
    ) -> GroupSettings {
        var group = GroupSettings(name: name)
        (group.ack, group.batch, group.deadLetterAfter) = (ack, batch, dead)
        group.claim = milliseconds.map { $0 * 1_000_000 }
        return group
    }
}

extension Bench {
    /// Appends so many events of one agent to a stream; returns their positions.
    @discardableResult
    func addEvents(_ count: Int, agent: Int64 = 0, from first: Int64 = 0, to stream: Int = 0) throws -> [Position] {
        let codec = EventCodec(run: Bench.run, seed: 1, longest: 64)
        let values = (first..<first + Int64(count)).map { seq in
            let event = PlannedEvent(agent: agent, seq: seq, intended: 0, payloadLength: 20, kind: .toolCall)
            var bytes = [UInt8](repeating: 0, count: EventCodec.length(of: event))
            _ = bytes.withUnsafeMutableBytes { codec.encode(event, intended: 7, into: $0) }
            return bytes
        }
        return try add(values, to: system.streams[stream]).map { try #require(EntryID.parse($0)) }
    }

    func pending(_ group: GroupSettings) throws -> Int64 { try system.backlog(of: group).pending }
}
