import History
import Workload

/// What a producer under audit was ordered to publish, and what it said of each event: a state machine that refuses what
/// cannot be true.
struct OrderLedger {
    struct Event {
        var intended: Int64 = 0
        /// The number of the last try; 0: there was none.
        var last: Int64 = 0
        var crc: UInt32 = 0
        var kind = EventKind.toolCall
        var isOrdered = false
        var isAcked = false
    }

    private struct Try: Hashable {
        var agent: Int64
        var seq: Int64
        var number: Int64
    }

    private let firstTry: Int64
    private let retries: Retries
    private let loadStart: Int64
    /// The place of an agent by its number.
    private var places: [Int64: Int] = [:]
    private let agents: [Int64]
    /// By the agent's place, then by seq.
    private var events: [[Event]]
    /// The highest seq that was attempted, by the agent's place.
    private var highest: [Int64]
    /// Tries without an outcome.
    private var open: Set<Try> = []
    private(set) var ordered: Int64 = 0
    private(set) var counters = ProducerStatus()

    init(_ orders: ProducerOrders) {
        (firstTry, retries, loadStart) = (orders.firstTry, orders.retries, orders.loadStart)
        agents = orders.agents
        for (place, agent) in orders.agents.enumerated() { places[agent] = place }
        events = [[Event]](repeating: [], count: orders.agents.count)
        highest = [Int64](repeating: -1, count: orders.agents.count)
    }

    /// Something is to be attempted or answered.
    var owes: Bool { counters.attempted < ordered || !open.isEmpty }

    mutating func order(_ place: Int, _ event: PlannedEvent, intended: Int64, crc: UInt32) {
        while events[place].count <= event.seq { events[place].append(Event()) }
        events[place][Int(event.seq)] = Event(
            intended: intended, crc: crc, kind: event.kind, isOrdered: true)
        ordered += 1
        counters.waiting = ordered - counters.attempted
    }

    mutating func attempt(_ record: SpokenRecord) throws(WorkerError) -> EventKind {
        let (place, seq) = try find(record)
        var event = events[place][seq]
        guard record.event == event.kind.name, record.intended == event.intended, record.crc == event.crc else {
            throw WorkerError("\(Self.name(record)) was ordered with another kind, intended or crc")
        }
        if event.isAcked { throw WorkerError("\(Self.name(record)) was acknowledged already, and is tried again") }
        let number = event.last == 0 ? firstTry : event.last + 1
        guard record.number == number else {
            throw WorkerError("try: \(record.number) of \(Self.name(record)) is not the next, which is \(number)")
        }
        if event.last != 0, retries == .none {
            throw WorkerError("\(Self.name(record)) is tried again, and the configuration says retries: none")
        }
        if record.t < event.intended {
            throw WorkerError("t: \(record.t) of \(Self.name(record)) is before it was due, at \(event.intended)")
        }
        if event.last == 0 { counters.attempted += 1 }
        event.last = number
        events[place][seq] = event
        highest[place] = max(highest[place], record.seq)
        open.insert(Try(agent: record.agent, seq: record.seq, number: number))
        counters.attempts += 1
        count()
        return event.kind
    }

    mutating func outcome(_ record: SpokenRecord) throws(WorkerError) {
        let (place, seq) = try find(record)
        guard open.remove(Try(agent: record.agent, seq: record.seq, number: record.number)) != nil else {
            throw WorkerError("try: \(record.number) of \(Self.name(record)) is not one that waits for its outcome")
        }
        switch record.outcome {
        case .acked:
            counters.acked += 1
            events[place][seq].isAcked = true
        case .failed: counters.failed += 1
        case .unknown: counters.unknown += 1
        }
        count()
    }

    private mutating func count() {
        counters.inFlight = open.count
        counters.waiting = ordered - counters.attempted
    }

    private func find(_ record: SpokenRecord) throws(WorkerError) -> (place: Int, seq: Int) {
        if !record.log.isEmpty { throw WorkerError("log: a producer writes to no other log") }
        guard let place = places[record.agent], record.seq < Int64(events[place].count),
            events[place][Int(record.seq)].isOrdered
        else { throw WorkerError("\(Self.name(record)) is not one that it was ordered to publish") }
        return (place, Int(record.seq))
    }

    private static func name(_ record: SpokenRecord) -> String { "agent \(record.agent) seq \(record.seq)" }

    /// Events that were never attempted although a later one of their agent was: how many, and the first of them.
    func passedOver(_ most: Int) -> (count: Int64, first: [(agent: Int64, seq: Int64)]) {
        var count: Int64 = 0
        var first: [(agent: Int64, seq: Int64)] = []
        for place in events.indices {
            for (seq, event) in events[place].enumerated() where event.isOrdered && event.last == 0 {
                guard seq < highest[place] else { break }
                count += 1
                if first.count < most { first.append((agents[place], Int64(seq))) }
            }
        }
        return (count, first)
    }
}
