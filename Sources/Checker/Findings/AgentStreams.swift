/// Finds agents that have copies in two streams of one log: what a history must not say, since order is promised
/// within a stream only.
struct AgentStreams {
    private let evidence: Evidence
    private let streams: Column<Int>

    init(_ evidence: Evidence) {
        self.evidence = evidence
        streams = Column(repeating: -1, count: evidence.events.index.agents.count)
    }

    @inline(__always) func take(agent: Int, stream: Int) {
        if streams.base[agent] == stream { return }
        if streams.base[agent] >= 0 { return note(agent: agent, stream: stream) }
        streams.base[agent] = stream
    }

    private func note(agent: Int, stream: Int) {
        let (names, number) = (evidence.streams.names, evidence.events.index.agents[agent].number)
        evidence.contradictions.note(
            .agentInTwoStreams, "agent \(number), streams \(names[streams[agent]]) and \(names[stream])")
    }
}
