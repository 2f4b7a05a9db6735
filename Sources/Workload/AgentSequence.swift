/// The events of one sequence, numbered from 0 without a gap: an agent's whole life, or, where some kinds go another way
/// than the others (`additionalKinds`), its *trail* of just these, or all that is left of it.
///
/// Two ways into one log keep no order between them, so a trail is a sequence of its own: that of agent `a` is agent
/// `agents + a`.
public struct AgentSequence: Sendable {
    private var life: AgentLife
    private let agent: Int64
    /// Whether it consists of `kinds`, or of all others.
    private let isTrail: Bool
    private let kinds: [EventKind]
    private var seq: Int64 = 0

    public init(agent: Int64, seed: UInt64, settings: WorkloadSettings) {
        precondition(settings.hasSequence(agent), "a sequence that the workload does not have")
        self.agent = agent
        isTrail = agent >= Int64(settings.agents)
        kinds = settings.additionalKinds
        life = AgentLife(agent: agent % Int64(settings.agents), seed: seed, settings: settings)
    }

    /// The next event; there always is one.
    public mutating func following() -> PlannedEvent {
        var event = life.following()
        if !kinds.isEmpty {
            while kinds.contains(event.kind) != isTrail { event = life.following() }
        }
        (event.agent, event.seq) = (agent, seq)
        seq += 1
        return event
    }
}

extension WorkloadSettings {
    /// Whether somebody plays a sequence of this number.
    public func hasSequence(_ number: Int64) -> Bool {
        let agents = Int64(agents)
        if (0..<agents).contains(number) { return true }
        return !additionalKinds.isEmpty && (agents..<2 * agents).contains(number) && leavesTrail(number - agents)
    }

    /// The orchestrator leaves none: it was not spawned, and has no steps to trace.
    fileprivate func leavesTrail(_ agent: Int64) -> Bool { agent > 0 || agents == 1 }

    /// What one of the producers plays, numbered from 0: every `producers`-th agent, so that neighbours are apart, and
    /// their trails.
    public func agents(ofProducer producer: Int) -> [Int64] {
        let own = stride(from: producer, to: agents, by: producers).map(Int64.init)
        if additionalKinds.isEmpty { return own }
        return own + own.filter(leavesTrail).map { Int64(agents) + $0 }
    }
}
