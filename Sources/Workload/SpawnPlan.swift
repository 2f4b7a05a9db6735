/// When the orchestrator (agent 0) spawns which of the others.
///
/// Its life is a row of cycles: it plans, spawns up to 50 sub-agents in one step (one dispatch each), gathers their
/// results and completes. Sub-agents take turns. Every agent can work this out by itself, which is what lets the task
/// of a sub-agent open at the very moment at which it is spawned, in whatever process either of them is played.
struct SpawnPlan: Sendable, BitwiseCopyable {
    static let largest = 50

    /// One cycle of the orchestrator. Times are at an even pace (`LoadShape` bends them later).
    struct Cycle: Sendable, BitwiseCopyable {
        /// When the cycle begins, and how long it takes.
        var start: Int64 = 0
        var length: Int64 = 0
        /// The moment of the spawn.
        var spawn: Int64 = 0
        /// Memory reads between the plan and the spawn.
        var reads = 0
        var spawned = 0
        /// How many were spawned in all cycles before.
        var before: Int64 = 0
        var events: Int { reads + 2 * spawned + writes + 3 }
        var writes = 0
    }

    private var random: SplitMix64
    private let others: Int
    private let spacing: Double
    private var start: Int64 = 0
    private var before: Int64 = 0

    /// - Parameter spacing: mean nanoseconds between two events of one agent.
    init(seed: UInt64, agents: Int, spacing: Double) {
        random = SplitMix64(seed: seed, purpose: .spawns)
        others = agents - 1
        self.spacing = spacing
    }

    mutating func next() -> Cycle {
        var cycle = Cycle()
        cycle.start = start
        cycle.reads = random.below(3)
        cycle.writes = 1 + random.below(5)
        let most = min(Self.largest, others)
        cycle.spawned = random.within(max(1, most / 5)...most)
        cycle.before = before
        cycle.length = Int64(Double(cycle.events) * spacing)
        cycle.spawn = start + Int64(Double(1 + cycle.reads) * spacing)
        before += Int64(cycle.spawned)
        start += cycle.length
        return cycle
    }

    /// Whether `agent` (1 to `others`) is among those that the cycle spawns.
    func spawns(_ agent: Int64, in cycle: Cycle) -> Bool {
        let place = (agent - 1 - cycle.before) % Int64(others)
        return (place < 0 ? place + Int64(others) : place) < Int64(cycle.spawned)
    }
}
