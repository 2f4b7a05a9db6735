/// Whether a partition kept its leader while an attempt was under way, by what all brokers say of it.
///
/// A refusal for too few replicas is given before the append; but the library sends a record again, without counting,
/// after a leader has lost its place, which it may have done after the append. So the refusal is a proof only if the
/// leader was the same all the time: the leader itself said so in an answer that came before the attempt, and in one to a
/// question sent after its outcome, and no broker knows of a later epoch. Epochs only grow, so what lies between is the
/// same.
struct KafkaLeaderKnowledge {
    /// An attempt whose outcome hangs on it.
    private struct Held {
        var slot: Int32
        var place: Int
        var epoch: Int32
        /// Answers count if they were asked for after this moment.
        var since: UInt64
        var deadline: Int64
        /// Since when the leader's own word is there, and only that of the others is missing.
        var leaderSaidAt: Int64?
    }

    private struct Known {
        /// The highest that anybody has told; -1: nothing yet.
        var epoch: Int32 = -1
        /// The leader of that epoch has said itself that it leads.
        var isConfirmed = false
    }

    private struct Broker {
        /// When the question was sent that it answered last.
        var askedAt: UInt64 = 0
        /// By place: in which epoch it says that it leads itself; -1: not at all.
        var leads: [Int32]
        var isConnected = false
    }

    /// After so long an attempt stays unknown.
    static let patience: Int64 = 2_000_000_000
    /// How long the word of those that do not lead is waited for.
    static let othersPatience: Int64 = 300_000_000

    private let topic: String
    private let places: [Int32: Int]
    private var brokers: [Broker]
    private var known: [Known]
    private var held: [Held] = []

    init(topic: String, partitions: [Int32], brokers count: Int) {
        self.topic = topic
        var places: [Int32: Int] = [:]
        for partition in partitions where places[partition] == nil { places[partition] = places.count }
        self.places = places
        known = [Known](repeating: Known(), count: places.count)
        brokers = [Broker](repeating: Broker(leads: [Int32](repeating: -1, count: places.count)), count: count)
    }

    /// The epoch in which a partition's leader is known to lead, by its own word; nil if it is not.
    func epoch(of partition: Int32) -> Int32? {
        guard let place = places[partition], known[place].isConfirmed else { return nil }
        return known[place].epoch
    }

    /// Holds an attempt, begun in that epoch, whose outcome came at this moment.
    mutating func hold(_ slot: Int32, partition: Int32, epoch: Int32, moment: UInt64, now: Int64) {
        guard let place = places[partition] else { preconditionFailure("a partition that nothing was sent to") }
        held.append(Held(slot: slot, place: place, epoch: epoch, since: moment, deadline: now + Self.patience))
    }

    /// Gives up those that are still held.
    mutating func drain() -> [Int32] {
        defer { held = [] }
        return held.map(\.slot)
    }

    /// When something is decided though nobody answers.
    var nextDeadline: Int64 {
        var next = Int64.max
        for one in held { next = min(next, one.deadline, one.leaderSaidAt.map { $0 + Self.othersPatience } ?? .max) }
        return next
    }

    /// Whether an answer that was asked for at this moment comes too early for one that is held.
    func needsMore(than askedAt: UInt64) -> Bool { held.contains { $0.since > askedAt } }

    mutating func connection(of broker: Int, stands: Bool) { brokers[broker].isConnected = stands }

    /// What one broker answered.
    ///
    /// - Parameter id: its own; nil while it is not known who it is.
    mutating func take(_ answer: KafkaMetadata, from broker: Int, id: Int32?, askedAt: UInt64) {
        brokers[broker].askedAt = askedAt
        for place in known.indices { brokers[broker].leads[place] = -1 }
        for partition in answer.topic(topic)?.partitions ?? [] {
            guard let place = places[partition.index] else { continue }
            if partition.leaderEpoch > known[place].epoch { known[place] = Known(epoch: partition.leaderEpoch) }
            guard let id, partition.leader == id else { continue }
            brokers[broker].leads[place] = partition.leaderEpoch
            if partition.leaderEpoch == known[place].epoch { known[place].isConfirmed = true }
        }
    }

    /// Calls `decided` with each attempt of which it is clear now whether its leader stayed.
    mutating func decide(_ now: Int64, _ decided: (Int32, Bool) -> Void) {
        if held.isEmpty { return }
        var left: [Held] = []
        for var one in held {
            if let answer = verdict(&one, now) { decided(one.slot, answer) } else { left.append(one) }
        }
        held = left
    }

    private func verdict(_ one: inout Held, _ now: Int64) -> Bool? {
        if known[one.place].epoch != one.epoch || now >= one.deadline { return false }
        guard brokers.contains(where: { $0.askedAt > one.since && $0.leads[one.place] == one.epoch }) else {
            return nil
        }
        let said = one.leaderSaidAt ?? now
        one.leaderSaidAt = said
        // One that knows of a later leader may be about to say so.
        let isMissing = brokers.contains { $0.isConnected && $0.askedAt <= one.since }
        return isMissing && now < said + Self.othersPatience ? nil : true
    }
}
