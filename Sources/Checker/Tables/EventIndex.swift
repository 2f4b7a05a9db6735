import History

/// Gives each event `(agent, seq)` that was attempted a slot: slots count up by agent, then seq, so that a loop over
/// them is a loop in the order of examples, and within an agent a later seq has a higher slot.
///
/// An agent whose seqs are dense (they should be: 0, 1, 2, …) has a slot for every seq from its least to its greatest,
/// found by subtraction; the few slots that nobody attempted are holes. An agent whose seqs are sparse has its seqs
/// in a sorted list instead, so that two seqs 2^62 apart cost two slots.
final class EventIndex {
    /// What a first look at the attempts says of an agent.
    struct Extent {
        var number: Int64
        var least: Int64
        var greatest: Int64
        var attempts: Int

        /// Whether a slot for every seq costs little more than one for every attempt.
        var isDense: Bool {
            let span = UInt64(bitPattern: greatest) &- UInt64(bitPattern: least)
            return span < UInt64(attempts) * 2 + 16
        }
    }

    struct Agent: BitwiseCopyable {
        var number: Int64
        var first: Int
        var count: Int
        var least: Int64
        var isDense: Bool
    }

    static let slotsMax = Int(Int32.max)

    let agents: Column<Agent>
    let count: Int
    private let numbers: AgentNumbers
    /// By slot; only for the slots of sparse agents, nil if there are none.
    private let seqs: Column<Int64>?
    /// The agent of the first slot of each block of slots; one more at the end.
    private let blocks: Column<Int32>
    private static let blockShift = 12

    /// `extents` in the order of the agents' numbers; `seqs` gives the seqs of a sparse agent, sorted, each once.
    init(_ extents: [Extent], sparse seqs: [Int: [Int64]]) {
        let agents = Column<Agent>(uninitialized: extents.count)
        var first = 0
        for (index, extent) in extents.enumerated() {
            let own = seqs[index]
            let count = own?.count ?? Int(extent.greatest - extent.least) + 1
            agents.base[index] = Agent(
                number: extent.number, first: first, count: count, least: extent.least, isDense: own == nil)
            first += count
        }
        precondition(first <= EventIndex.slotsMax, "more events than slots have numbers")
        count = first
        self.agents = agents
        numbers = AgentNumbers(extents.map(\.number))
        blocks = EventIndex.blocks(agents, slots: first)
        guard !seqs.isEmpty else {
            self.seqs = nil
            return
        }
        let column = Column<Int64>(repeating: 0, count: first)
        for (index, own) in seqs {
            for (place, seq) in own.enumerated() { column[agents[index].first + place] = seq }
        }
        self.seqs = column
    }

    private static func blocks(_ agents: Column<Agent>, slots: Int) -> Column<Int32> {
        let blocks = Column<Int32>(uninitialized: (slots >> blockShift) + 2)
        var agent = 0
        for block in 0..<blocks.count {
            let slot = block << blockShift
            while agent + 1 < agents.count && agents.base[agent + 1].first <= slot { agent += 1 }
            blocks.base[block] = Int32(agent)
        }
        return blocks
    }

    /// The agent's place in the order of agents, or -1.
    @inline(__always) func agent(_ number: Int64) -> Int { numbers.find(number) }

    /// The slot of an event, or -1; a slot may be a hole.
    @inline(__always) func slot(agent index: Int, seq: Int64) -> Int {
        if index < 0 { return -1 }
        let agent = agents.base[index]
        if agent.isDense {
            let distance = UInt64(bitPattern: seq) &- UInt64(bitPattern: agent.least)
            return distance < UInt64(agent.count) ? agent.first &+ Int(distance) : -1
        }
        return search(agent, seq)
    }

    /// Where an event of a dense agent would have its slot, and any slot of all others: to ask for its memory early.
    @inline(__always) func likelySlot(_ number: Int64, seq: Int64) -> Int {
        let index = numbers.findSmall(number)
        if index < 0 { return 0 }
        let agent = agents.base[index]
        let distance = UInt64(bitPattern: seq) &- UInt64(bitPattern: agent.least)
        return distance < UInt64(agent.count) ? agent.first &+ Int(distance) : agent.first
    }

    private func search(_ agent: Agent, _ seq: Int64) -> Int {
        guard let seqs else { return -1 }
        var (low, high) = (agent.first, agent.first + agent.count)
        while low < high {
            let middle = (low + high) / 2
            if seqs.base[middle] < seq { low = middle + 1 } else { high = middle }
        }
        return low < agent.first + agent.count && seqs.base[low] == seq ? low : -1
    }

    /// The place of the agent that a slot belongs to.
    @inline(__always) func agent(ofSlot slot: Int) -> Int {
        precondition(slot >= 0 && slot < count)
        let block = slot >> EventIndex.blockShift
        var (low, high) = (Int(blocks.base[block]), Int(blocks.base[block + 1]) + 1)
        while high - low > 1 {
            let middle = (low + high) / 2
            if agents.base[middle].first <= slot { low = middle } else { high = middle }
        }
        return low
    }

    func seq(ofSlot slot: Int, agent index: Int) -> Int64 {
        let agent = agents[index]
        if let seqs, !agent.isDense { return seqs[slot] }
        return agent.least + Int64(slot - agent.first)
    }

    func event(_ slot: Int) -> (agent: Int64, seq: Int64) {
        let index = agent(ofSlot: slot)
        return (agents[index].number, seq(ofSlot: slot, agent: index))
    }
}

/// From an agent's number to its place: a table for small numbers, a dictionary for others.
final class AgentNumbers {
    private static let tableMax = 1 << 16
    private static let none = UInt32.max

    private let table = Column<UInt32>(repeating: none, count: tableMax)
    private var others: [Int64: UInt32] = [:]
    private(set) var count = 0

    init(_ numbers: [Int64] = []) {
        for number in numbers { add(number) }
    }

    @inline(__always) func find(_ number: Int64) -> Int {
        if UInt64(bitPattern: number) < UInt64(AgentNumbers.tableMax) {
            let place = table.base[Int(number)]
            return place == AgentNumbers.none ? -1 : Int(place)
        }
        return findOther(number)
    }

    /// As `find`, of the numbers in the table only.
    @inline(__always) func findSmall(_ number: Int64) -> Int {
        guard UInt64(bitPattern: number) < UInt64(AgentNumbers.tableMax) else { return -1 }
        let place = table.base[Int(number)]
        return place == AgentNumbers.none ? -1 : Int(place)
    }

    private func findOther(_ number: Int64) -> Int {
        if let place = others[number] { return Int(place) }
        return -1
    }

    /// Gives a number that is not there yet the next place.
    @discardableResult func add(_ number: Int64) -> Int {
        let place = UInt32(count)
        if UInt64(bitPattern: number) < UInt64(AgentNumbers.tableMax) {
            table[Int(number)] = place
        } else {
            others[number] = place
        }
        count += 1
        return Int(place)
    }
}
