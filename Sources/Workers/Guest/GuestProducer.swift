import History
import Workload

/// What a producer under audit is told, and what it may say of it.
///
/// It gets each event a little before it is due, with the very bytes that are to be published, and does all the rest by
/// itself: waits, connects, sends, tries again. What it says is held against what it was told.
struct GuestProducer: GuestPart, ~Copyable {
    /// How long before it is due an event is ordered.
    private static let ahead: Int64 = 500_000_000
    /// Bytes of orders that wait for the guest, at the most.
    private static let backlogLimit = 256 << 10
    /// Orders of one turn, at the most.
    private static let turnLimit = 512
    /// Beyond an attempt's time-out, from the end of the load until the guest must be gone.
    private static let leaves: Int64 = 20_000_000_000
    private static let examples = 5

    private struct Life {
        var life: AgentLife
        var next: PlannedEvent
        /// Of those before it: what is to be tried again, in order.
        var open: ArraySlice<PlannedEvent> = []
    }

    private let settings: ProducerOrders
    private let codec: EventCodec
    private var ledger: OrderLedger
    private var history: GuestHistory
    private let greeting: [UInt8]
    private var lives: [Life]
    private var queue: DueQueue
    private var value: [UInt8]
    private var streams: [[UInt8]] = []
    private var end: Int64
    private var isTold = false
    private var isReady = false
    private(set) var mustBeGone = Int64.max

    init(_ orders: ProducerOrders, form: Position.Form) throws(WorkerError) {
        let past = orders.resumes.isEmpty ? Resumption() : try Resumption(shards: orders.resumes)
        let history = try GuestHistory(orders, form: form)
        var greeting: [UInt8] = []
        try ProducerGreeting(orders).write(GuestClient(orders.client), into: &greeting)
        self.history = history
        self.greeting = greeting
        settings = orders
        codec = EventCodec(run: orders.run, seed: orders.seed, longest: orders.workload.payload.upperBound)
        ledger = OrderLedger(orders)
        value = [UInt8](repeating: 0, count: EventCodec.headerLength + orders.workload.payload.upperBound)
        end = orders.until ?? .max
        queue = DueQueue(capacity: orders.agents.count)
        lives = orders.agents.map { agent in
            var life = AgentLife(agent: agent, seed: orders.seed, settings: orders.workload)
            var open: [PlannedEvent] = []
            for seq in stride(from: 0, through: past.agents[agent]?.highest ?? -1, by: 1) {
                let event = life.following()
                if past.agents[agent]?.open.contains(seq) == true { open.append(event) }
            }
            let next = life.following()
            return Life(life: life, next: next, open: open[...])
        }
        for stream in orders.client.streams {
            var text: [UInt8] = []
            JSONBytes.text(stream, into: &text)
            streams.append(text)
        }
        for index in lives.indices { schedule(index) }
    }

    private mutating func schedule(_ index: Int) {
        let event = lives[index].open.first ?? lives[index].next
        queue.insert(DueQueue.Entry(time: settings.loadStart + event.intended, agent: Int32(index)))
    }

    var epoch: Int64? { settings.epoch }
    var orders: Int64 { ledger.ordered }
    var owes: Bool { !isReady || ledger.owes || isTold }
    var leavesInOrder: Bool { false }

    // MARK: Orders

    func greeting(into bytes: inout [UInt8]) { bytes.append(contentsOf: greeting) }

    var nextOrder: Int64 {
        guard !isTold, let first = queue.first else { return .max }
        return min(first.time, end) - Self.ahead
    }

    mutating func order(now: Int64, backlog: Int, into bytes: inout [UInt8]) {
        if isTold { return }
        var (count, size) = (0, backlog)
        while let first = queue.first, first.time < end, first.time <= now + Self.ahead {
            // The guest is told of the end even if it has not taken all that was due.
            if count == Self.turnLimit || size > Self.backlogLimit { break }
            queue.removeFirst()
            let before = bytes.count
            order(Int(first.agent), into: &bytes)
            size += bytes.count - before
            count += 1
        }
        let isThrough = queue.first.map { $0.time >= end } ?? true
        if end != .max, isThrough || now >= end { tellEnd(now, into: &bytes) }
    }

    private mutating func order(_ index: Int, into bytes: inout [UInt8]) {
        let event = lives[index].open.popFirst() ?? advance(index)
        schedule(index)
        let length = EventCodec.length(of: event)
        let intended = settings.loadStart + event.intended
        let crc = value.withUnsafeMutableBytes { codec.encode(event, intended: intended, into: $0) }
        ledger.order(index, event, intended: intended, crc: crc)
        bytes.append(contentsOf: #"{"type":"publish","agent":"#.utf8)
        bytes.append(contentsOf: String(event.agent).utf8)
        bytes.append(contentsOf: #","seq":"#.utf8)
        bytes.append(contentsOf: String(event.seq).utf8)
        bytes.append(contentsOf: #","kind":""#.utf8)
        bytes.append(contentsOf: event.kind.name.utf8)
        bytes.append(contentsOf: #"","intended":"#.utf8)
        bytes.append(contentsOf: String(intended).utf8)
        bytes.append(contentsOf: #","crc":"#.utf8)
        bytes.append(contentsOf: String(crc).utf8)
        bytes.append(contentsOf: #","stream":"#.utf8)
        bytes.append(contentsOf: streams[Int(event.agent % Int64(streams.count))])
        bytes.append(contentsOf: #","value":"#.utf8)
        value.withUnsafeBytes { JSONBytes.base64(UnsafeRawBufferPointer(rebasing: $0[..<length]), into: &bytes) }
        bytes.append(contentsOf: "}\n".utf8)
    }

    private mutating func advance(_ index: Int) -> PlannedEvent {
        let event = lives[index].next
        lives[index].next = lives[index].life.following()
        return event
    }

    private mutating func tellEnd(_ now: Int64, into bytes: inout [UInt8]) {
        isTold = true
        mustBeGone = max(end, now) + settings.timeout + Self.leaves
        bytes.append(contentsOf: #"{"type":"end","t":"#.utf8)
        bytes.append(contentsOf: "\(end)}\n".utf8)
    }

    mutating func obey(_ line: String, now: Int64, into bytes: inout [UInt8]) -> Bool {
        switch ProducerCommand(line: line) {
        case .until(let time): if !isTold { end = time }
        case .stop: stop(now: now, into: &bytes)
        // What it was stopped for is its own affair: its latencies say so.
        case .excused: break
        case .addresses(let addresses): GuestAddresses.write(addresses, into: &bytes)
        case nil: return false
        }
        return true
    }

    mutating func stop(now: Int64, into bytes: inout [UInt8]) { end = min(end, now) }

    // MARK: What it says

    mutating func hear(_ record: SpokenRecord) throws(WorkerError) {
        switch record.kind {
        case .ready: isReady = true
        case .alive: break
        case .attempt:
            let event = try ledger.attempt(record)
            history.attempt(record, event)
        case .outcome:
            try ledger.outcome(record)
            try history.outcome(record)
        case .delivery, .ack, .commit, .processed:
            throw WorkerError("type: \(record.kind) is nothing that a producer says")
        }
    }

    // MARK: Its end

    mutating func settle(now: Int64) {
        let (count, first) = ledger.passedOver(Self.examples)
        if count == 0 { return }
        let named = first.map { "agent \($0.agent) seq \($0.seq)" }.joined(separator: ", ")
        history.gap(
            "not attempted: \(count) of \(ledger.ordered) events that it was ordered to publish, and later ones were: "
                + named + (count > Int64(first.count) ? ", …" : ""), t: now)
    }

    mutating func flush() throws(WorkerError) { try history.flush() }
    mutating func close() throws(WorkerError) { try history.close() }

    func status(now: Int64, done: Bool?, error: String?) -> ProducerStatus {
        var status = ledger.counters
        (status.t, status.connected, status.done, status.error) = (now, isReady, done, error)
        return status
    }
}
