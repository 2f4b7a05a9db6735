import History
import Platform
import Workload

/// What a consumer under audit is told, and what it may say of it.
///
/// It joins, reads, works and acknowledges by itself. Where it shows byte for byte what it was handed, nobody has to
/// believe whose event that is, and whether it is whole.
struct GuestConsumer: GuestPart, ~Copyable {
    /// From the end of its orders until the guest must be gone.
    private static let leaves: Int64 = 25_000_000_000

    private let settings: ConsumerOrders
    private let form: Position.Form
    private let greeting: [UInt8]
    private let streams: [String: Int32]
    private var ledger: DeliveryLedger
    private var history: ConsumerHistory
    private var holding: HoldingFile
    private var isReady = false
    private(set) var epoch: Int64?
    private(set) var mustBeGone = Int64.max

    init(_ orders: ConsumerOrders, form: Position.Form) throws(WorkerError) {
        let history = try ConsumerHistory(orders, form: form)
        let holding = try HoldingFile(orders.holdingPath)
        var greeting: [UInt8] = []
        try ConsumerGreeting(orders, form: form).write(GuestClient(orders.client), into: &greeting)
        self.history = history
        self.holding = holding
        (settings, self.form, self.greeting, epoch) = (orders, form, greeting, orders.epoch)
        ledger = DeliveryLedger(orders.group, form: form, streams: orders.client.streams.count)
        streams = Dictionary(
            zip(orders.client.streams, orders.client.streams.indices.map(Int32.init)),
            uniquingKeysWith: { first, _ in first })
    }

    /// What it does it is told once; how much comes of that nobody knows beforehand.
    var orders: Int64 { 0 }
    var longestLine: Int { GuestOutput.longestLine + (settings.longestValue + 2) / 3 * 4 }
    var nextOrder: Int64 { .max }
    /// Whether there is something to read only it knows.
    var owes: Bool { true }
    var leavesInOrder: Bool { true }

    // MARK: Orders

    func greeting(into bytes: inout [UInt8]) { bytes.append(contentsOf: greeting) }

    mutating func order(now: Int64, backlog: Int, into bytes: inout [UInt8]) {}

    mutating func obey(_ line: String, now: Int64, into bytes: inout [UInt8]) -> Bool {
        switch ConsumerCommand(line: line) {
        case .begin(let epoch):
            self.epoch = epoch
            bytes.append(contentsOf: #"{"type":"begin","epoch":\#(epoch)}"#.utf8)
            bytes.append(0x0A)
        case .addresses(let addresses): GuestAddresses.write(addresses, into: &bytes)
        case .stop: stop(now: now, into: &bytes)
        case nil: return false
        }
        return true
    }

    mutating func stop(now: Int64, into bytes: inout [UInt8]) {
        guard mustBeGone == .max else { return }
        mustBeGone = now + Self.leaves
        bytes.append(contentsOf: "{\"type\":\"end\"}\n".utf8)
    }

    // MARK: What it says

    mutating func hear(_ record: SpokenRecord) throws(WorkerError) {
        switch record.kind {
        case .ready: isReady = true
        case .alive: break
        case .delivery:
            let place = try place(of: record)
            deliver(record.content, at: place, t: record.t)
            ledger.deliver(place)
        case .processed:
            let delivery = try ledger.process(try place(of: record))
            history.append(.processed, of: delivery, to: 0, t: record.t)
        case .ack:
            let delivery = try ledger.confirm(try place(of: record))
            history.append(.ack, of: delivery, to: 0, t: record.t)
        case .commit:
            let place = try place(of: record)
            guard form == .offset else { throw WorkerError("type: the broker confirms entries, and no positions") }
            history.commit(stream: place.stream, before: place.position, t: record.t)
            ledger.confirm(stream: place.stream, before: place.position)
        case .attempt, .outcome: throw WorkerError("type: \(record.kind) is nothing that a consumer says")
        }
    }

    private mutating func deliver(_ content: SpokenRecord.Content, at place: DeliveryLedger.Place, t: Int64) {
        var handed = Handed(consumer: 0, stream: Int(place.stream), position: place.position, event: nil)
        switch content {
        case .value(let bytes):
            handed.event = bytes.flatMap { EventCodec.decode($0) }
            history.deliver(handed, t: t)
        case .event(let run, let agent, let seq, let crc):
            let number = EventCodec.runNumber(run.isEmpty ? settings.run : run)
            history.deliver(handed, run: number, agent: agent, seq: seq, crc: crc, t: t)
        }
    }

    private func place(of record: SpokenRecord) throws(WorkerError) -> DeliveryLedger.Place {
        if !record.group.isEmpty, record.group != settings.groupName {
            throw WorkerError("group: it is in \(settings.groupName), not in \(record.group.prefix(100))")
        }
        if !record.consumer.isEmpty, record.consumer != settings.consumers[0] {
            throw WorkerError("consumer: it is \(settings.consumers[0]), not \(record.consumer.prefix(100))")
        }
        guard let stream = streams[record.stream] else {
            throw WorkerError("stream: it was not told of any `\(record.stream.prefix(100))`")
        }
        guard let position = record.position, record.form == form else {
            throw WorkerError(
                "position: one of this stream is " + (form == .entry ? "a string MS-SEQ" : "a whole number"))
        }
        return DeliveryLedger.Place(stream: stream, position: position)
    }

    // MARK: Its end

    /// What it leaves undone comes again, or is missing: the verdict says so.
    mutating func settle(now: Int64) {}

    mutating func flush() throws(WorkerError) {
        try holding.lower(to: ledger.counters.holding)
        try history.flush()
        try holding.keep(ledger.counters.holding)
    }

    mutating func close() throws(WorkerError) { try history.close() }

    func status(now: Int64, done: Bool?, error: String?) -> ConsumerStatus {
        var status = ledger.counters
        (status.t, status.ready, status.done, status.error) = (now, isReady, done, error)
        status.cpu = ProcessClock.cpu()
        return status
    }
}
