import Platform

/// Asks every broker over and over who leads what, by connections of our own in a producer's loop, and at once when an
/// outcome hangs on it.
final class KafkaLeaderWatch {
    static let firstToken: UInt64 = 16

    private let probes: [KafkaProbe]
    private var ids: [Int32?]
    private var knowledge: KafkaLeaderKnowledge
    /// Counts questions and outcomes: what came after what.
    private var moment: UInt64 = 1

    init(_ settings: KafkaProducerSettings) {
        probes = settings.addresses.enumerated().map { index, address in
            KafkaProbe(address, topic: settings.topic, token: Self.firstToken + UInt64(index))
        }
        ids = [Int32?](repeating: nil, count: probes.count)
        knowledge = KafkaLeaderKnowledge(
            topic: settings.topic, partitions: settings.partitions, brokers: probes.count)
    }

    /// The epoch in which a partition's leader is known to lead, by its own word; nil if it is not.
    func epoch(of partition: Int32) -> Int32? { knowledge.epoch(of: partition) }

    /// Holds an attempt whose outcome has come, until it is clear whether the leader is still that of this epoch.
    func hold(_ slot: Int32, partition: Int32, epoch: Int32, now: Int64) {
        moment += 1
        knowledge.hold(slot, partition: partition, epoch: epoch, moment: moment, now: now)
        for probe in probes { probe.hurry() }
    }

    /// Gives up those that are still held.
    func drain() -> [Int32] { knowledge.drain() }

    var nextDeadline: Int64 {
        var next = knowledge.nextDeadline
        for probe in probes { next = min(next, probe.nextDeadline) }
        return next
    }

    /// - Parameter decided: called with each attempt of which it is clear now whether its leader stayed.
    func expire(_ poller: borrowing Poller, now: Int64, decided: (Int32, Bool) -> Void) {
        for index in probes.indices where probes[index].nextDeadline <= now {
            moment += 1
            probes[index].expire(poller, now: now, moment: moment)
            knowledge.connection(of: index, stands: probes[index].isConnected)
        }
        knowledge.decide(now, decided)
    }

    func ready(_ event: PollEvent, _ poller: borrowing Poller, now: Int64, decided: (Int32, Bool) -> Void) {
        let index = Int(event.token & 0xFFFF_FFFF) - Int(Self.firstToken)
        guard probes.indices.contains(index) else { return }
        moment += 1
        let answered = probes[index].ready(event, poller, now: now, moment: moment)
        knowledge.connection(of: index, stands: probes[index].isConnected)
        guard let (answer, askedAt) = answered else { return }
        let address = probes[index].address
        if let own = answer.brokers.first(where: { $0.host == address.host && $0.port == Int32(address.port) }) {
            ids[index] = own.id
        }
        knowledge.take(answer, from: index, id: ids[index], askedAt: askedAt)
        // Questions that were under way when an outcome came say nothing of it.
        if knowledge.needsMore(than: askedAt) { probes[index].hurry() }
        knowledge.decide(now, decided)
    }

    func close(_ poller: borrowing Poller, now: Int64) {
        for probe in probes { probe.leave(poller, now: now) }
    }
}
