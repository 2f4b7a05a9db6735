public import History
import Workload

/// What a producer does next: a state machine without clock, sockets or files.
///
/// It plays its agents' lives. An event is begun when it is due and its agent is free: has fewer attempts unanswered
/// than it may, and is not backing off. Under `until-acked` an event that was not acknowledged is tried again after the
/// back-off, before anything new of that agent. All times are nanoseconds from the trial's start.
public struct ProducerEngine: Sendable {
    public struct Counters: Sendable, Equatable {
        /// Events begun; those tried again count once.
        public var events: Int64 = 0
        public var attempts: Int64 = 0
        public var acked: Int64 = 0
        public var failed: Int64 = 0
        public var unknown: Int64 = 0
    }

    private struct Retry: Sendable {
        var event: PlannedEvent
        var number: Int64
    }

    private struct Agent: Sendable {
        var life: AgentSequence
        var next: PlannedEvent
        var inFlight = 0
        /// When the last answer came that made room.
        var free: Int64
        var resume: Int64
        /// In the order of seq.
        var retries: [Retry] = []
        /// The time of its valid entry in the queue; `never` if there is none.
        var scheduled: Int64 = ProducerEngine.never
    }

    private static let never = Int64.max

    private let retries: Retries
    private let limit: Int
    private let backOff: Int64
    private let loadStart: Int64
    private let spacing: Double
    private let firstTry: Int64
    private var agents: [Agent]
    private var queue: DueQueue
    private var slots: [Attempt]
    private var vacant: [Int32]
    /// When the load ends; `Int64.max` while nobody has said.
    public private(set) var end: Int64
    public private(set) var counters = Counters()

    /// - Parameter past: where those had come to whose place this one takes.
    public init(_ orders: ProducerOrders, resuming past: Resumption = Resumption()) {
        precondition(orders.problem == nil, "orders that nobody checked")
        retries = orders.retries
        limit = orders.inFlight
        backOff = orders.backOff
        loadStart = orders.loadStart
        end = orders.until ?? Self.never
        spacing = Double(orders.workload.agents) / orders.workload.rate * 1e9
        firstTry = orders.firstTry
        agents = orders.agents.map { number in
            var life = AgentSequence(agent: number, seed: orders.seed, settings: orders.workload)
            let open = Self.skip(past.agents[number], in: &life, firstTry: orders.firstTry)
            let first = life.following()
            return Agent(life: life, next: first, free: .min, resume: orders.begins ?? .min, retries: open)
        }
        queue = DueQueue(capacity: agents.count * 2)
        let empty = PlannedEvent(agent: 0, seq: 0, intended: 0, payloadLength: 0, kind: .toolCall)
        let count = agents.count * limit
        slots = [Attempt](
            repeating: Attempt(slot: 0, agentIndex: 0, number: 0, event: empty, intended: 0, free: 0), count: count)
        vacant = (0..<Int32(count)).reversed()
        for index in agents.indices { schedule(index) }
    }

    /// Goes on to behind what was attempted already; what of it is to be tried again.
    private static func skip(_ past: Resumption.Agent?, in life: inout AgentSequence, firstTry: Int64) -> [Retry] {
        guard let past else { return [] }
        var open = past.open[...]
        var retries: [Retry] = []
        for seq in stride(from: 0, through: past.highest, by: 1) {
            let event = life.following()
            guard open.first == seq else { continue }
            open.removeFirst()
            retries.append(Retry(event: event, number: firstTry))
        }
        return retries
    }

    /// Attempts without an answer.
    public var inFlight: Int { slots.count - vacant.count }

    /// When something will be due next; `Int64.max` if nothing will without an answer, or the load is over.
    public var nextDue: Int64 {
        guard let first = queue.first, first.time < end else { return Self.never }
        return first.time
    }

    /// From `moment` on nothing new is begun and nothing tried again.
    public mutating func stop(at moment: Int64) { end = moment }

    public func isOver(_ now: Int64) -> Bool { now >= end && inFlight == 0 }

    public func hasEnded(_ now: Int64) -> Bool { now >= end }

    /// An attempt of `slot`, which is in flight.
    public func attempt(_ slot: Int32) -> Attempt { slots[Int(slot)] }

    /// Begins what is due at `now`, one at a time; nil when there is nothing more.
    public mutating func begin(_ now: Int64) -> Attempt? {
        if now >= end { return nil }
        while let first = queue.first, first.time <= now {
            queue.removeFirst()
            let index = Int(first.agent)
            // An entry that was overtaken by an earlier or later one of the same agent.
            if agents[index].scheduled != first.time { continue }
            agents[index].scheduled = Self.never
            let attempt = take(index)
            schedule(index)
            if let attempt { return attempt }
        }
        return nil
    }

    private mutating func take(_ index: Int) -> Attempt? {
        guard agents[index].inFlight < limit, let slot = vacant.popLast() else { return nil }
        agents[index].inFlight += 1
        counters.attempts += 1
        let event: PlannedEvent
        var number = firstTry
        if agents[index].retries.isEmpty {
            event = agents[index].next
            counters.events += 1
            agents[index].next = agents[index].life.following()
        } else {
            let retry = agents[index].retries.removeFirst()
            (event, number) = (retry.event, retry.number)
        }
        let intended = loadStart + event.intended
        let attempt = Attempt(
            slot: slot, agentIndex: Int32(index), number: number, event: event, intended: intended,
            free: max(intended, agents[index].free, agents[index].resume))
        slots[Int(slot)] = attempt
        return attempt
    }

    /// What became of an attempt in flight. Its slot is free afterwards.
    ///
    /// - Parameter again: whether the broker sent it elsewhere; it is then tried again under any policy.
    public mutating func complete(
        _ slot: Int32, _ outcome: Outcome, again: Completion.Again = .never, now: Int64
    ) {
        let attempt = slots[Int(slot)]
        let index = Int(attempt.agentIndex)
        precondition(agents[index].inFlight > 0, "an attempt completed twice")
        vacant.append(slot)
        if agents[index].inFlight == limit { agents[index].free = now }
        agents[index].inFlight -= 1
        switch outcome {
        case .acked: counters.acked += 1
        case .failed: counters.failed += 1
        case .unknown: counters.unknown += 1
        }
        if outcome != .acked && (retries == .untilAcked || again != .never) {
            let place = agents[index].retries.firstIndex { $0.event.seq > attempt.event.seq }
            let retry = Retry(event: attempt.event, number: attempt.number + 1)
            agents[index].retries.insert(retry, at: place ?? agents[index].retries.endIndex)
            if again != .atOnce { agents[index].resume = max(agents[index].resume, now + backOff) }
        }
        schedule(index)
    }

    private mutating func schedule(_ index: Int) {
        var time = Self.never
        if agents[index].inFlight < limit {
            let due = agents[index].retries.isEmpty ? loadStart + agents[index].next.intended : .min
            time = max(due, agents[index].resume)
        }
        if time == agents[index].scheduled { return }
        agents[index].scheduled = time
        if time != Self.never { queue.insert(DueQueue.Entry(time: time, agent: Int32(index))) }
    }

    /// How many events are due and wait for their agents (or for us), about: from how late each agent is and its mean
    /// rate. And how late the latest is, in nanoseconds.
    public func backlog(_ now: Int64) -> (events: Int64, lateness: Int64) {
        var (events, lateness): (Double, Int64) = (0, 0)
        for agent in agents {
            let late = min(now, end) - (loadStart + agent.next.intended)
            if late < 0 { continue }
            events += 1 + Double(late) / spacing
            lateness = max(lateness, late)
        }
        return (Int64(events), lateness)
    }
}
