import History
import Workload

/// A consumer process's shard, with the numbers of the names that occur in every record at hand.
struct ConsumerHistory: ~Copyable {
    /// The log that events are written to further on: dead letters, results, or a bridge's cold log.
    struct Further {
        var streams: [String]
        var form: Position.Form
        /// Its index in the history's header.
        var log: Int
        /// Only what no consumer can process goes there.
        var isForPoison: Bool
        /// What they are there; nil: what they were.
        var kind: EventKind?
    }

    private var writer: ShardWriter
    private let group: UInt16
    private let ownRun: UInt64
    private var consumers: [UInt32] = []
    private var streams: [UInt32] = []
    private let furtherLog: UInt16
    private let isForPoison: Bool
    private let furtherKind: EventKind?
    private var furtherStreams: [UInt32] = []
    /// By the kind's raw value; 0 for one that has not occurred yet.
    private var kinds = [UInt32](repeating: 0, count: 256)
    private var runs: [UInt64: UInt32] = [:]
    /// What was said last of each consumer's deliveries and is not in the writer's hands as yet; all of one type, at one
    /// time. Empty ranges say nothing.
    private var spans: [Range<Int64>] = []
    private var spanType = RecordType.processed
    private var spanTime: Int64 = 0

    init(_ orders: ConsumerOrders, form: Position.Form) throws(WorkerError) {
        var further = orders.deadLetters.map {
            Further(streams: $0.streams, form: form, log: $0.log, isForPoison: true)
        }
        if let results = orders.results {
            further = Further(
                streams: results.client.streams, form: form, log: results.log, isForPoison: false, kind: .toolResult)
        }
        try self.init(orders, form: form, further: further)
    }

    init(_ orders: ConsumerOrders, form: Position.Form, further: Further?) throws(WorkerError) {
        writer = try ShardWriter.open(of: orders.worker, at: orders.historyPath)
        group = writer.group(orders.group.name)
        ownRun = EventCodec.runNumber(orders.run)
        (furtherLog, isForPoison) = (UInt16(further?.log ?? 0), further?.isForPoison ?? false)
        furtherKind = further?.kind
        for consumer in orders.consumers { consumers.append(writer.name(consumer)) }
        spans = Array(repeating: 0..<0, count: consumers.count)
        for stream in orders.client.streams { streams.append(writer.stream(stream, form: form)) }
        if let further {
            for stream in further.streams { furtherStreams.append(writer.stream(stream, form: further.form)) }
        }
    }

    /// Deliveries are numbered in the order in which they come here.
    mutating func deliver(_ handed: Handed, t: Int64) {
        guard let event = handed.event else {
            writeSpans()
            let unreadable = Record.Flags.noAgent | Record.Flags.noSeq | Record.Flags.noCRC
            return append(handed, t, run: 0, agent: 0, seq: 0, crc: 0, flags: unreadable)
        }
        deliver(handed, run: event.run, agent: event.agent, seq: event.seq, crc: event.crc, t: t)
    }

    /// The same by what was read in it, where the bytes are not at hand.
    mutating func deliver(_ handed: Handed, run: UInt64, agent: Int64, seq: Int64, crc: UInt32, t: Int64) {
        writeSpans()
        append(handed, t, run: run == ownRun ? 0 : runName(run), agent: agent, seq: seq, crc: crc, flags: 0)
    }

    private mutating func append(
        _ handed: Handed, _ t: Int64, run: UInt32, agent: Int64, seq: Int64, crc: UInt32, flags: UInt8
    ) {
        _ = writer.deliver(
            t: t, group: group, consumer: consumers[Int(handed.consumer)], stream: streams[Int(handed.stream)],
            position: handed.position, run: run, agent: agent, seq: seq, crc: crc, flags: flags)
    }

    /// Of other runs nothing but their numbers is known.
    private mutating func runName(_ number: UInt64) -> UInt32 {
        if let known = runs[number] { return known }
        let name = writer.name("run-" + String(number, radix: 16))
        runs[number] = name
        return name
    }

    /// The work on this delivery is done, or the broker confirmed it. What is said of one delivery after the other at
    /// the same time takes one record.
    mutating func append(_ type: RecordType, of delivery: Int64, to consumer: Int32, t: Int64) {
        let known = spans[Int(consumer)]
        if type == spanType, t == spanTime, known.isEmpty || known.upperBound == delivery {
            spans[Int(consumer)] = (known.isEmpty ? delivery : known.lowerBound)..<delivery + 1
            return
        }
        writeSpans()
        (spanType, spanTime) = (type, t)
        spans[Int(consumer)] = delivery..<delivery + 1
    }

    private mutating func writeSpans() {
        for consumer in spans.indices where !spans[consumer].isEmpty {
            writer.progress(
                spanType, t: spanTime, group: group, consumer: consumers[consumer], deliveries: spans[consumer])
            spans[consumer] = 0..<0
        }
    }

    mutating func commit(stream: Int32, before position: Position, t: Int64) {
        writeSpans()
        writer.append(.progress(.commit, t: t, group: group, stream: streams[Int(stream)], position: position))
    }

    /// A try to write an event to the further log.
    mutating func attempt(_ event: DecodedEvent, number: Int64, transaction: String? = nil, t: Int64) {
        writeSpans()
        let named = furtherKind ?? event.kind
        let kind = Int(named.rawValue)
        if kinds[kind] == 0 { kinds[kind] = writer.name(named.name) }
        writer.append(
            .attempt(
                t: t, agent: event.agent, seq: event.seq, number: number, kind: kinds[kind], intended: event.intended,
                crc: event.crc, transaction: transaction.map { writer.name($0) } ?? 0, log: furtherLog,
                poison: isForPoison))
    }

    /// A transaction to the further log is over.
    mutating func append(_ ended: EndedTransaction, name: String, t: Int64) {
        writeSpans()
        writer.append(.transaction(t: t, id: writer.name(name), state: ended.state, begun: ended.begun))
    }

    mutating func outcome(
        _ outcome: Outcome, of event: DecodedEvent, number: Int64, position: Position?, reason: String, t: Int64
    ) {
        writeSpans()
        let stream = position == nil ? 0 : furtherStreams[Int(event.agent % Int64(furtherStreams.count))]
        writer.append(
            .outcome(
                outcome, t: t, agent: event.agent, seq: event.seq, number: number, stream: stream, position: position,
                error: reason.isEmpty ? 0 : writer.name(reason), log: furtherLog))
    }

    mutating func flush() throws(WorkerError) {
        writeSpans()
        try writer.handOver()
    }

    mutating func close() throws(WorkerError) {
        writeSpans()
        try writer.finish()
    }
}
