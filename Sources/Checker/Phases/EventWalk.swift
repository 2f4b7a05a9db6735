import History

/// Goes through all events that a log expects, agent by agent, and tells the findings how each came out.
struct EventWalk {
    let evidence: Evidence
    let state: LogState
    let agents: AgentHealth
    var lost: Lost
    var recovered = Recovered()
    var duplicated: Duplicated
    var misplaced: Misplaced

    init(_ evidence: Evidence, _ state: LogState, _ agents: AgentHealth) {
        (self.evidence, self.state, self.agents) = (evidence, state, agents)
        lost = Lost(evidence, state)
        duplicated = Duplicated(evidence, state)
        misplaced = Misplaced(evidence, state)
    }

    mutating func run() {
        let index = evidence.events.index
        for agent in 0..<index.agents.count {
            let first = index.agents[agent].first
            var acked = false
            lost.beginAgent()
            for slot in first..<first + index.agents[agent].count {
                let flags = state.flags.base[slot]
                guard flags & LogState.Flags.expected != 0 else { continue }
                let status = flags & LogState.Flags.statusMask
                if status == Status.none.rawValue { continue }
                acked = acked || status == Status.acked.rawValue
                take(slot, flags, agent)
            }
            if acked { agents.acknowledge(agent) }
            if lost.endAgent() { agents.damage(agent) }
        }
    }

    @inline(__always) private mutating func take(_ slot: Int, _ flags: UInt8, _ agent: Int) {
        let acked = flags & LogState.Flags.statusMask == Status.acked.rawValue
        if flags & LogState.Flags.copy == 0 {
            if acked { lost.takeWithoutCopy(slot) }
            return
        }
        if acked { lost.takeWithCopy(slot) }
        if flags & LogState.Flags.statusMask == Status.unknown.rawValue { recovered.take(slot) }
        if flags & LogState.Flags.copies != 0, flags & LogState.Flags.statusMask >= Status.unknown.rawValue {
            duplicated.take(slot)
            agents.disturb(agent)
        }
        misplaced.take(slot)
    }
}
