import History

/// What the log of record and its acknowledgements say of each part of the agents that has a primary of its own.
///
/// A trial's figures are those of all shards together: where one of three primaries dies, a third of the agents stands
/// still, and neither the longest gap nor the median says so.
struct ShardFigures {
    private let evidence: Evidence
    private let state: LogState
    /// By agent: the shard; -1: none.
    private var shards: [Int]
    private var attempted: [Int]
    private var acked: [Int]
    private var lost: [Int]
    private var latencies: [[Int64]]
    private var acks: [[Int64]]
    private var extents: [(first: Int64, last: Int64)]

    /// Nil where the history knows of no shards.
    static func run(_ evidence: Evidence, _ state: LogState) -> [Name: Verdict.Shard]? {
        let named = evidence.history.header.shards
        guard !named.isEmpty else { return nil }
        var figures = ShardFigures(evidence, state, named)
        figures.takeSimple()
        figures.takeComplex()
        return Dictionary(
            named.enumerated().map { ($1.name, figures.finish($0)) }, uniquingKeysWith: { first, _ in first })
    }

    private init(_ evidence: Evidence, _ state: LogState, _ named: [History.Shard]) {
        (self.evidence, self.state) = (evidence, state)
        let index = evidence.events.index
        shards = Array(repeating: -1, count: index.agents.count)
        for (shard, own) in named.enumerated() {
            for agent in own.agents {
                let place = index.agent(agent)
                if place >= 0 { shards[place] = shard }
            }
        }
        attempted = Array(repeating: 0, count: named.count)
        (acked, lost) = (attempted, attempted)
        latencies = Array(repeating: [], count: named.count)
        acks = latencies
        extents = Array(repeating: (.max, .min), count: named.count)
    }

    private mutating func takeSimple() {
        let events = evidence.events
        for agent in 0..<events.index.agents.count where shards[agent] >= 0 {
            let own = events.index.agents[agent]
            let shard = shards[agent]
            for slot in own.first..<own.first + own.count {
                takeStatus(slot, shard)
                guard !events.isComplex(slot), events.flags[slot] & Events.Flags.attempted != 0 else { continue }
                takeBegin(events.firstTimes[slot], shard)
                if events.result(slot) == .acked { takeAck(events.ackTimes[slot], of: slot, shard, isFirst: true) }
            }
        }
    }

    /// What became of an event in the log: the walk over it has just left that behind.
    private mutating func takeStatus(_ slot: Int, _ shard: Int) {
        let flags = state.flags[slot]
        let status = flags & LogState.Flags.statusMask
        guard flags & LogState.Flags.expected != 0, status != Status.none.rawValue else { return }
        attempted[shard] += 1
        guard status == Status.acked.rawValue else { return }
        acked[shard] += 1
        if flags & (LogState.Flags.copy | LogState.Flags.expired) == 0 { lost[shard] += 1 }
    }

    private mutating func takeComplex() {
        let attempts = evidence.attempts
        for place in 0..<attempts.eventCount {
            let slot = Int(attempts.attempts[attempts.starts[place]].event)
            let shard = shards[evidence.events.index.agent(ofSlot: slot)]
            guard shard >= 0 else { continue }
            let home = attempts.home(place)
            var earliest: Int64?
            for attempt in attempts.attempts[attempts.range(place)] where Int(attempt.log) == home {
                takeBegin(attempt.t, shard)
                if attempt.result == .acked { takeAck(attempt.outcomeT, of: slot, shard, isFirst: false) }
                if attempts.status(attempt) == .acked { earliest = min(earliest ?? .max, attempts.ackTime(attempt)) }
            }
            if let earliest { latencies[shard].append(earliest.minus(evidence.events.intended[slot])) }
        }
    }

    private mutating func takeBegin(_ t: Int64, _ shard: Int) {
        extents[shard] = (min(extents[shard].first, t), max(extents[shard].last, t))
    }

    private mutating func takeAck(_ t: Int64, of slot: Int, _ shard: Int, isFirst: Bool) {
        acks[shard].append(t)
        if isFirst { latencies[shard].append(t.minus(evidence.events.intended[slot])) }
    }

    private mutating func finish(_ shard: Int) -> Verdict.Shard {
        var figures = Verdict.Shard()
        (figures.attempted, figures.acked, figures.lost) = (attempted[shard], acked[shard], lost[shard])
        figures.longestGapNanoseconds = longestGap(shard)
        let values = Column<Int64>(uninitialized: latencies[shard].count)
        for (place, value) in latencies[shard].enumerated() { values[place] = value }
        figures.ack = Verdict.Percentiles(values, count: values.count)
        return figures
    }

    /// As `Availability` has it for all agents.
    private func longestGap(_ shard: Int) -> Int64 {
        let (first, last) = extents[shard]
        guard first <= last else { return 0 }
        var (longest, before) = (Int64(0), first)
        for ack in acks[shard].sorted() {
            longest = max(longest, ack.minus(before))
            before = ack
        }
        return last > before ? max(longest, last.minus(before)) : longest
    }
}
