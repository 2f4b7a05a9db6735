import History

/// To which state each agent would be restored, by whoever applies what the log or a group holds, against the state that
/// its acknowledgements entitle it to.
///
/// *Expected* is the fold, in the order of seq, of the agent's acked events and of its unknown ones that have a copy in
/// the log. What stands in the log is the fold of the intact copies in the order of positions; what a group built, that
/// of what it processed, by `t` and then file order (of a group without `processing`: of its intact deliveries). An
/// agent with an acked event is *intact* if that state is the expected one; *repairable* if the one of an idempotent
/// replay is, which takes each seq once and in their order; else *damaged*. A `processed` record counts for the event
/// that was first delivered intact at its position, and for nothing if none was.
///
/// It asks another question than `AgentHealth`, whose figures are `agents`: what an agent comes to, not what happened to
/// its events. They differ where
/// - an entry is corrupted or was never attempted: whoever restores leaves it out, so `agents` says damaged, and the
///   state may be intact;
/// - retention has removed acked events (expired): the log no longer leads to the state, although nothing is lost;
/// - events changed places that do not depend on each other (two memory reads): `agents` says repairable, and the state
///   is intact.
///
/// A state counts the events that made it. So different numbers are different states, and most agents are judged
/// without a fold.
final class AgentStates {
    /// What was applied of one agent.
    private struct Applied: BitwiseCopyable {
        /// Above the slots of all.
        var end: UInt32 = 0
        var length: UInt32 = 0
        /// Events, each counted once.
        var distinct: UInt32 = 0
        /// Some event that is not expected.
        var hasOthers = false
        /// Not each once and in the order of seq.
        var isDisturbed = false
        /// The place of its last stray, -1: it has none.
        var stray: Int32 = -1
    }

    /// What a group applied again, or behind a later event of the agent. All else it applied in the order of slots, and
    /// nothing more need be kept of that than `GroupState` does.
    private struct Stray {
        var slot: UInt32
        /// So many events of the agent were applied before it.
        var place: UInt32
        /// The agent's stray before it.
        var previous: Int32
        var isFirst: Bool
    }

    private enum Judgement { case intact, repairable, damaged, open }

    private let evidence: Evidence
    private let log: LogState
    /// By agent: how many events are expected; 0 for an agent that is not judged.
    private let expected: Column<UInt32>
    private var total = 0
    private let applied: Column<Applied>
    private var touched: [Int] = []
    private var strays: [Stray] = []

    init(_ evidence: Evidence, _ log: LogState) {
        (self.evidence, self.log) = (evidence, log)
        let agents = evidence.events.index.agents.count
        expected = Column(repeating: 0, count: agents)
        applied = Column(repeating: Applied(), count: agents)
    }

    // MARK: The log

    /// Takes the log in which `LogState` stands: what is expected, and what stands there.
    func enter() -> Verdict.States.Counts {
        var counts = Verdict.States.Counts()
        total = 0
        for agent in 0..<expected.count {
            var found = Applied()
            let judged = look(at: agent, &found)
            expected.base[agent] = judged
            if judged == 0 { continue }
            total += 1
            var judgement = judge(agent, found)
            if judgement == .open {
                judgement = compare(agent, copies(of: agent)) { log.has(LogState.Flags.copy, $0) }
            }
            count(judgement, &counts)
        }
        counts.damaged = total - counts.intact - counts.repairable
        return counts
    }

    /// How many events are expected of an agent, 0 if none is acked; and what the log holds of it.
    private func look(at agent: Int, _ found: inout Applied) -> UInt32 {
        var (count, acked, last) = (UInt32(0), false, UInt32(0))
        for slot in span(of: agent) {
            let isExpected = isExpected(slot)
            if isExpected { count += 1 }
            if log.isAckedHere(slot) { acked = true }
            let flags = log.flags.base[slot]
            guard flags & LogState.Flags.copy != 0 else { continue }
            if !isExpected { found.hasOthers = true }
            let position = log.firstCopies.base[slot]
            if found.length > 0 && position < last { found.isDisturbed = true }
            last = position
            (found.length, found.distinct) = (found.length + 1, found.distinct + 1)
            guard flags & LogState.Flags.copies != 0 else { continue }
            found.length += UInt32(log.extraCopies(slot).count)
            found.isDisturbed = true
        }
        return acked ? count : 0
    }

    /// The agent's copies in the order of positions.
    private func copies(of agent: Int) -> [UInt32] {
        var copies: [(position: UInt32, slot: UInt32)] = []
        for slot in span(of: agent) where log.has(LogState.Flags.copy, slot) {
            copies.append((log.firstCopies[slot], UInt32(slot)))
            for copy in log.extraCopies(slot) { copies.append((copy.position, UInt32(slot))) }
        }
        return copies.sorted { $0 < $1 }.map(\.slot)
    }

    // MARK: A group

    /// Takes what a group applied, one event of an agent after the other.
    /// - Parameter first: the group did not apply it before.
    @inline(__always) func take(_ slot: Int, agent: Int, first: Bool) {
        guard expected.base[agent] > 0 else { return }
        var known = applied.base[agent]
        if known.length == 0 { touched.append(agent) }
        if first && UInt32(slot) >= known.end {
            known.end = UInt32(slot) + 1
        } else {
            known.isDisturbed = true
            stray(slot, first, &known)
        }
        known.length += 1
        if first {
            known.distinct += 1
            if !isExpected(slot) { known.hasOthers = true }
        }
        applied.base[agent] = known
    }

    private func stray(_ slot: Int, _ first: Bool, _ known: inout Applied) {
        strays.append(Stray(slot: UInt32(slot), place: known.length, previous: known.stray, isFirst: first))
        known.stray = Int32(strays.count - 1)
    }

    /// Of the group whose events were taken; the next may follow.
    func finish(_ group: GroupState) -> Verdict.States.Counts {
        var counts = Verdict.States.Counts()
        for agent in touched {
            var judgement = judge(agent, applied.base[agent])
            if judgement == .open {
                judgement = compare(agent, sequence(of: agent, group)) { group.isApplied($0) }
            }
            count(judgement, &counts)
        }
        for agent in touched { applied.base[agent] = Applied() }
        (touched, strays) = ([], [])
        // An agent of which nothing was applied is not what it should be.
        counts.damaged = total - counts.intact - counts.repairable
        return counts
    }

    /// What a group applied of an agent, in its order.
    private func sequence(of agent: Int, _ group: GroupState) -> [UInt32] {
        var own: [Stray] = []
        var place = Int(applied.base[agent].stray)
        while place >= 0 {
            own.append(strays[place])
            place = Int(strays[place].previous)
        }
        var next = own.reversed()[...]
        var elsewhere = own.filter(\.isFirst).map(\.slot).sorted()[...]
        var sequence: [UInt32] = []
        for slot in span(of: agent) where group.isApplied(slot) {
            if elsewhere.first == UInt32(slot) {
                elsewhere.removeFirst()
                continue
            }
            while let stray = next.first, Int(stray.place) == sequence.count {
                sequence.append(stray.slot)
                next.removeFirst()
            }
            sequence.append(UInt32(slot))
        }
        return sequence + next.map(\.slot)
    }

    // MARK: One agent

    private func count(_ judgement: Judgement, _ counts: inout Verdict.States.Counts) {
        if judgement == .intact { counts.intact += 1 }
        if judgement == .repairable { counts.repairable += 1 }
    }

    /// What the numbers alone say.
    private func judge(_ agent: Int, _ found: Applied) -> Judgement {
        let same = found.distinct == expected.base[agent] && !found.hasOthers
        if same && !found.isDisturbed { return .intact }
        // As it stands it may lead to the state by chance, if it is as long.
        if found.length == expected.base[agent] { return .open }
        if same { return .repairable }
        return found.distinct == expected.base[agent] ? .open : .damaged
    }

    /// - Parameter holds: whether an event is among `slots`.
    private func compare(_ agent: Int, _ slots: [UInt32], _ holds: (Int) -> Bool) -> Judgement {
        let entitled = fold(span(of: agent).filter { isExpected($0) }, agent)
        if fold(slots.lazy.map { Int($0) }, agent) == entitled { return .intact }
        return fold(span(of: agent).filter(holds), agent) == entitled ? .repairable : .damaged
    }

    private func fold(_ slots: some Sequence<Int>, _ agent: Int) -> AgentState {
        let events = evidence.events
        var state = AgentState()
        for slot in slots {
            state.apply(
                kind: AgentState.Kind(rawValue: events.stateKinds[slot]) ?? .other,
                seq: events.index.seq(ofSlot: slot, agent: agent), crc: events.crcs[slot])
        }
        return state
    }

    private func span(of agent: Int) -> Range<Int> {
        let own = evidence.events.index.agents.base[agent]
        return own.first..<own.first + own.count
    }

    @inline(__always) private func isExpected(_ slot: Int) -> Bool { log.isAckedHere(slot) || log.isThere(slot) }
}
