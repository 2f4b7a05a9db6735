/// What would become of each agent that is restored from the log: with an acked event at all, it is *damaged* by
/// anything lost, corrupted or unexpected, else *repairable* if anything is duplicated or reordered, else *intact*.
struct AgentHealth {
    private static let damaged: UInt8 = 1
    private static let disturbed: UInt8 = 2
    private static let acked: UInt8 = 4

    private let marks: Column<UInt8>

    init(_ index: EventIndex) { marks = Column(repeating: 0, count: index.agents.count) }

    func damage(_ agent: Int) { marks[agent] |= AgentHealth.damaged }
    func disturb(_ agent: Int) { marks[agent] |= AgentHealth.disturbed }
    func acknowledge(_ agent: Int) { marks[agent] |= AgentHealth.acked }

    var figures: Verdict.Agents {
        var figures = Verdict.Agents()
        for agent in 0..<marks.count where marks[agent] & AgentHealth.acked != 0 {
            figures.total += 1
            if marks[agent] & AgentHealth.damaged != 0 {
                figures.damaged += 1
            } else if marks[agent] & AgentHealth.disturbed != 0 {
                figures.repairable += 1
            } else {
                figures.intact += 1
            }
        }
        return figures
    }
}
