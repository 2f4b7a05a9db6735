import History
import Workload

/// The shard of a producer under audit: its own records, once they are checked.
struct GuestHistory: ~Copyable {
    /// Different errors that are kept by their words; whatever comes then is `another error`.
    private static let errorLimit = 1_000
    private static let errorLength = 300

    private var writer: ShardWriter
    private let form: Position.Form
    private let worker: UInt32
    private let poison: Poison
    private var kinds = [UInt32](repeating: 0, count: 256)
    private var streams: [String: UInt32] = [:]
    private var errors: [String: UInt32] = [:]
    private let otherError: UInt32

    init(_ orders: ProducerOrders, form: Position.Form) throws(WorkerError) {
        writer = try ShardWriter.open(of: orders.worker, at: orders.historyPath)
        self.form = form
        worker = writer.name(orders.worker)
        otherError = writer.name("another error")
        poison = Poison(share: orders.workload.poison, seed: orders.seed)
        for kind in EventKind.allCases { kinds[Int(kind.rawValue)] = writer.name(kind.name) }
        for stream in orders.client.streams { streams[stream] = writer.stream(stream, form: form) }
    }

    mutating func attempt(_ record: SpokenRecord, _ kind: EventKind) {
        writer.append(
            .attempt(
                t: record.t, agent: record.agent, seq: record.seq, number: record.number,
                kind: kinds[Int(kind.rawValue)], intended: record.intended, crc: record.crc,
                poison: poison.isIn(agent: record.agent, seq: record.seq)))
    }

    mutating func outcome(_ record: SpokenRecord) throws(WorkerError) {
        var stream: UInt32 = 0
        if record.position != nil {
            guard let known = streams[record.stream] else {
                throw WorkerError("stream: it was not told of any `\(record.stream.prefix(100))`")
            }
            guard record.form == form else {
                throw WorkerError(
                    "position: one of this stream is "
                        + (form == .entry ? "a string MS-SEQ" : "a whole number"))
            }
            stream = known
        }
        writer.append(
            .outcome(
                record.outcome, t: record.t, agent: record.agent, seq: record.seq, number: record.number,
                stream: stream, position: record.position, error: error(record.error)))
    }

    private mutating func error(_ text: String) -> UInt32 {
        if text.isEmpty { return 0 }
        if let known = errors[text] { return known }
        if errors.count >= Self.errorLimit { return otherError }
        let number = writer.name(String(text.prefix(Self.errorLength)))
        errors[text] = number
        return number
    }

    mutating func gap(_ reason: String, t: Int64) {
        writer.append(.gap(t: t, worker: worker, reason: writer.name(reason)))
    }

    mutating func flush() throws(WorkerError) { try writer.handOver() }
    mutating func close() throws(WorkerError) { try writer.finish() }
}
