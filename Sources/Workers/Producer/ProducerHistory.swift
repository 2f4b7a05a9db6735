import History
import Workload

/// A producer's shard, with the numbers of the names that occur in every record at hand.
struct ProducerHistory: ~Copyable {
    private var writer: ShardWriter
    /// By the kind's raw value.
    private var kinds: [UInt32]
    private var streams: [UInt32]
    /// Kinds that go to a log of their own, and its streams.
    private let straightKinds: [EventKind]
    private var straightStreams: [UInt32] = []
    private let straightLog: UInt16
    /// By the publisher's number of the reason; 0 for one that has not occurred yet.
    private var reasons: [UInt32] = []
    private let worker: UInt32
    private let poison: Poison
    /// The transaction that attempts belong to now: the publisher's number of it, and that of its name.
    private var current: (transaction: Int64, name: UInt32) = (0, 0)

    init(_ orders: ProducerOrders, form: Position.Form) throws(WorkerError) {
        writer = try ShardWriter.open(of: orders.worker, at: orders.historyPath)
        worker = writer.name(orders.worker)
        poison = Poison(share: orders.workload.poison, seed: orders.seed)
        kinds = [UInt32](repeating: 0, count: 256)
        for kind in EventKind.allCases { kinds[Int(kind.rawValue)] = writer.name(kind.name) }
        streams = []
        straightKinds = orders.straight == nil ? [] : orders.workload.additionalKinds
        straightLog = UInt16(orders.straight?.log ?? 0)
        for stream in orders.client.streams { streams.append(writer.stream(stream, form: form)) }
        for stream in orders.straight?.client.streams ?? [] {
            straightStreams.append(writer.stream(stream, form: .offset))
        }
    }

    /// The log that an event goes to, where it is not the first.
    private func log(of event: PlannedEvent) -> UInt16 {
        straightKinds.contains(event.kind) ? straightLog : Record.none16
    }

    mutating func append(_ attempt: Attempt, crc: UInt32, now: Int64) {
        writer.append(
            .attempt(
                t: now, agent: attempt.event.agent, seq: attempt.event.seq, number: attempt.number,
                kind: kinds[Int(attempt.event.kind.rawValue)], intended: attempt.intended, crc: crc,
                transaction: current.name, log: log(of: attempt.event),
                poison: poison.isIn(agent: attempt.event.agent, seq: attempt.event.seq)))
    }

    /// Attempts that follow belong to this one.
    mutating func enter(_ transaction: Int64, name: @autoclosure () -> String) {
        if transaction == current.transaction { return }
        current = (transaction, transaction == 0 ? 0 : writer.name(name()))
    }

    mutating func append(_ ended: EndedTransaction, name: String, now: Int64) {
        writer.append(.transaction(t: now, id: writer.name(name), state: ended.state, begun: ended.begun))
    }

    mutating func append(_ completion: Completion, of attempt: Attempt, now: Int64) {
        let isStraight = straightKinds.contains(attempt.event.kind)
        let streams = isStraight ? straightStreams : streams
        let stream = streams[Int(attempt.event.agent % Int64(streams.count))]
        writer.append(
            .outcome(
                completion.outcome, t: now, agent: attempt.event.agent, seq: attempt.event.seq, number: attempt.number,
                stream: completion.position == nil ? 0 : stream, position: completion.position,
                error: completion.reason == 0 ? 0 : reasons[Int(completion.reason)], log: log(of: attempt.event)))
    }

    mutating func appendGap(_ reason: String, now: Int64) {
        writer.append(.gap(t: now, worker: worker, reason: writer.name(reason)))
    }

    mutating func flush() throws(WorkerError) { try writer.handOver() }
    mutating func close() throws(WorkerError) { try writer.finish() }

    func knows(_ reason: UInt16) -> Bool { Int(reason) < reasons.count && reasons[Int(reason)] != 0 }

    mutating func define(_ reason: UInt16, _ text: String) {
        while reasons.count <= Int(reason) { reasons.append(0) }
        reasons[Int(reason)] = writer.name(text)
    }
}
