/// The life of one agent, event by event and without end. It is the same for the same seed and agent in whatever
/// process it is played: nothing in it depends on other agents, on a clock or on what became of earlier events.
///
/// Over any long time an agent has exactly its share of the rate: tasks fill the time with their loops and pauses, but
/// each takes just as long as its number of events deserves. So the load has no drift that a trial would have to
/// account for, and yet looks like agents at work when one looks closely.
public struct AgentLife: Sequence, IteratorProtocol, Sendable {
    public let agent: Int64
    private let payload: ClosedRange<Int>
    private let shape: LoadShape
    private var payloads: SplitMix64
    private var orchestrator: OrchestratorLife?
    private var worker: WorkerLife
    private var seq: Int64 = 0

    public init(agent: Int64, seed: UInt64, settings: WorkloadSettings) {
        precondition(agent >= 0 && agent < Int64(settings.agents), "an agent that the workload does not have")
        self.agent = agent
        payload = settings.payload
        shape = LoadShape(settings.bursts)
        payloads = SplitMix64(seed: seed, agent: agent, purpose: .payload)
        if agent == 0 && settings.agents > 1 { orchestrator = OrchestratorLife(seed: seed, settings: settings) }
        worker = WorkerLife(agent: agent, seed: seed, settings: settings)
    }

    /// The next event; there always is one.
    public mutating func next() -> PlannedEvent? { following() }

    public mutating func following() -> PlannedEvent {
        let (kind, steady) = orchestrator?.next() ?? worker.next()
        defer { seq += 1 }
        return PlannedEvent(
            agent: agent, seq: seq, intended: shape.time(steady), payloadLength: Int32(payloads.within(payload)),
            kind: kind)
    }
}

/// The life of agent 0, which plans, spawns and gathers.
struct OrchestratorLife: Sendable {
    private var plan: SpawnPlan
    private var random: SplitMix64
    private var cycle: SpawnPlan.Cycle
    private var index = 0
    private var results = 0
    private var writes = 0

    init(seed: UInt64, settings: WorkloadSettings) {
        plan = SpawnPlan(seed: seed, agents: settings.agents, spacing: settings.spacing)
        random = SplitMix64(seed: seed, agent: 0, purpose: .tasks)
        cycle = plan.next()
        (results, writes) = (cycle.spawned, cycle.writes)
    }

    mutating func next() -> (kind: EventKind, steady: Int64) {
        if index == cycle.events {
            cycle = plan.next()
            (index, results, writes) = (0, cycle.spawned, cycle.writes)
        }
        let place = index
        index += 1
        if place <= cycle.reads {
            let step = (cycle.spawn - cycle.start) / Int64(cycle.reads + 1)
            return (place == 0 ? .stateTransition : .memoryRead, cycle.start + Int64(place) * step)
        }
        let rest = place - cycle.reads - 1 - cycle.spawned
        if rest < 0 { return (.toolCall, cycle.spawn) }
        let slots = Double(cycle.spawned + cycle.writes + 2)
        let window = Double(cycle.start + cycle.length - cycle.spawn)
        let within = 0.2 + 0.8 * Double(random.below(1000)) / 1000
        return (gather(), cycle.spawn + Int64(window * (Double(rest) + within) / slots))
    }

    private mutating func gather() -> EventKind {
        if results > 0 && (writes == 0 || random.below(results + writes) < results) {
            results -= 1
            return .toolResult
        }
        if writes > 0 {
            writes -= 1
            return .memoryWrite
        }
        return index == cycle.events ? .taskCompletion : .stateTransition
    }
}

/// The life of every other agent: task after task, and always a new one at the moment at which it is spawned.
struct WorkerLife: Sendable {
    private let agent: Int64
    private let spacing: Double
    private let auditing: Bool
    private let lifecycle: Bool
    /// The only agent: nobody spawns it.
    private let alone: Bool
    private var plan: SpawnPlan
    private var random: SplitMix64
    private var planned: Int64 = 0

    /// From one spawn of this agent to the next: its tasks fill just this time.
    private var start: Int64
    private var end: Int64
    private var pace: Double
    private var left = 0
    private var used = 0
    private var opened = false

    private var task = Task(events: 0, auditing: false, random: SplitMix64(state: 0))
    private var taskStart = 0.0
    private var taskLength = 0.0
    private var pauses = 1
    private var passed = 0

    init(agent: Int64, seed: UInt64, settings: WorkloadSettings) {
        (self.agent, spacing) = (agent, settings.spacing)
        auditing = settings.additionalKinds.contains(.audit)
        lifecycle = settings.additionalKinds.contains(.agentLifecycle)
        alone = settings.agents == 1
        plan = SpawnPlan(seed: seed, agents: max(settings.agents, 2), spacing: spacing)
        random = SplitMix64(seed: seed, agent: agent, purpose: .tasks)
        var offset = SplitMix64(seed: seed, agent: agent, purpose: .offset)
        start = 0
        end = Int64(spacing * Double(offset.below(1 << 20)) / Double(1 << 20))
        pace = spacing
    }

    mutating func next() -> (kind: EventKind, steady: Int64) {
        if task.left == 0 {
            if left == 0 && openPeriod() { return (.agentLifecycle, start) }
            openTask()
        }
        let steady = Int64(taskStart + taskLength * Double(passed) / Double(pauses))
        let step = task.next()
        passed += step.pause
        return (step.kind, steady)
    }

    private mutating func openTask() {
        var size = Task.draw(&random)
        if left - size < Task.shortest { size = left }
        task = Task(events: size, auditing: auditing, random: SplitMix64(state: random.next()))
        var rehearsal = task
        (pauses, passed) = (0, 0)
        while rehearsal.left > 0 { pauses += rehearsal.next().pause }
        taskStart = Double(start) + Double(used) * pace
        taskLength = Double(size) * pace
        use(size)
    }

    /// Goes on to the time between the next two spawns. It gets what the rate entitles the agent to by its end, less
    /// what it had; a time too short for a task gets nothing, and the next one the more.
    ///
    /// True if the period begins with an event of its own, which says that the agent was spawned.
    private mutating func openPeriod() -> Bool {
        var spawnedBefore = opened
        repeat {
            start = end
            used = 0
            if alone {
                (left, pace) = (1 << 40, spacing)
            } else {
                var cycle = plan.next()
                while !plan.spawns(agent, in: cycle) { cycle = plan.next() }
                end = cycle.spawn
                let due = Int(Double(end) / spacing) - Int(planned)
                left = due < Task.shortest ? 0 : due
                pace = Double(end - start) / Double(max(left, 1))
                if left == 0 { spawnedBefore = true }
            }
        } while left == 0
        opened = true
        guard lifecycle && spawnedBefore && left > Task.shortest else { return false }
        use(1)
        return true
    }

    private mutating func use(_ events: Int) {
        used += events
        left -= events
        planned += Int64(events)
    }
}
