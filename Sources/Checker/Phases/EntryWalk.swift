import History

/// Goes through all entries of a log, stream by stream in the order of positions, and tells the findings what each is.
struct EntryWalk {
    let evidence: Evidence
    let state: LogState
    var entries = 0
    var corrupted = Corrupted()
    var unexpected = Unexpected()
    var reordered: Reordered
    var agentStreams: AgentStreams
    var agents: AgentHealth

    init(_ evidence: Evidence, _ state: LogState) {
        (self.evidence, self.state) = (evidence, state)
        reordered = Reordered(evidence, state)
        agentStreams = AgentStreams(evidence)
        agents = AgentHealth(evidence.events.index)
    }

    mutating func run() {
        let positions = evidence.positions
        for stream in state.plan.streams {
            for number in positions.span(stream) {
                let what = positions.whats.base[number]
                if what & PositionTable.special == 0 {
                    entries += 1
                    whole(Int(what), UInt32(truncatingIfNeeded: number), stream)
                } else {
                    for content in positions.specialContents(what) {
                        entries += 1
                        other(content, UInt32(number), stream)
                    }
                }
            }
        }
        state.endCopies()
    }

    /// An entry of this run with the checksum of its event's attempt.
    @inline(__always) private mutating func whole(_ slot: Int, _ number: UInt32, _ stream: Int) {
        let status = state.status(slot)
        guard state.has(LogState.Flags.expected, slot) else { return }
        if status == .none { return neverAttempted(agent: evidence.events.index.agent(ofSlot: slot), number, stream) }
        let agent = evidence.events.index.agent(ofSlot: slot)
        agentStreams.take(agent: agent, stream: stream)
        if status == .failed {
            unexpected.takeFailed(slot)
            agents.damage(agent)
        } else if !state.has(LogState.Flags.copy, slot) {
            if reordered.take(slot, agent: agent, stream: stream, number: number) { agents.disturb(agent) }
        }
        state.addCopy(slot, number)
    }

    /// Whatever does not stand alone and whole at its position.
    private mutating func other(_ content: Content, _ number: UInt32, _ stream: Int) {
        let place = evidence.place(number, stream: stream)
        if content.isUnreadable { return corrupted.take(place) }
        if content.nulls != 0 || content.run != evidence.reader.run { return unexpected.takeForeign(place) }
        let slot = evidence.reader.claimed(content)
        if slot >= 0 {
            if evidence.events.crcs[slot] == content.crc { return whole(slot, number, stream) }
            guard state.has(LogState.Flags.expected, slot) else { return }
            if state.status(slot) != .none {
                corrupted.take(place)
                return agents.damage(evidence.events.index.agent(ofSlot: slot))
            }
        }
        neverAttempted(agent: evidence.events.index.agent(content.agent), number, stream)
    }

    private mutating func neverAttempted(agent: Int, _ number: UInt32, _ stream: Int) {
        unexpected.takeNeverAttempted(evidence.place(number, stream: stream))
        if agent >= 0 { agents.damage(agent) }
    }
}
