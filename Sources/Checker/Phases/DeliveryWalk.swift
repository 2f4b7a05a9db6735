import History

/// Goes through a group's deliveries in the order of time, and tells the findings what each was.
struct DeliveryWalk {
    let evidence: Evidence
    let state: GroupState
    private let judge: DeliveryJudge
    var order: OutOfOrder
    var deliveries = 0
    var redelivered: Redelivered
    var corrupted = Corrupted()
    var handed: Handed
    var reads: TransactionReads
    var lag: Lag
    var pause: Pause
    private let states: AgentStates
    /// Of groups that keep `processed` records: what was delivered intact where.
    var intact: [(slot: UInt32, position: UInt32)] = []

    init(
        _ evidence: Evidence, _ state: GroupState, _ scratch: Scratch, _ tables: OutOfOrder.Tables,
        _ plans: GroupCheck.Plans
    ) {
        (self.evidence, self.state) = (evidence, state)
        judge = DeliveryJudge(evidence: evidence, state: state)
        order = OutOfOrder(evidence, tables)
        redelivered = Redelivered(evidence, state)
        handed = Handed(evidence, state)
        reads = TransactionReads(evidence, state)
        lag = Lag(state, scratch)
        pause = Pause(state, plans.waits)
        states = plans.states
    }

    mutating func run() {
        var inOrder = TimeOrder(evidence.views)
        for number in state.plan.numbers {
            inOrder.add(evidence.survey.deliveries[number], .deliveries(group: number))
        }
        // A constant here: what is reached through a variable is retained for each record.
        let judge = judge
        inOrder.walk(evidence.events, state.times) { record, view in take(record, view, judge) }
        order.finish()
    }

    @inline(__always)
    private mutating func take(_ record: UnsafePointer<Record>, _ view: View, _ judge: DeliveryJudge) {
        let (evidence, state) = (judge.evidence, judge.state)
        let stream = Int(evidence.streams.places.base[view.name(record.pointee.stream)])
        let number = evidence.positions.number(stream: stream, record.pointee.position)
        let agent = evidence.events.index.agent(record.pointee.agent)
        let slot = evidence.reader.wholeDelivery(record, view, agent: agent)
        judge.compare(slot, record, view, number, stream)
        guard evidence.logs.logOfStream[stream] == state.log.plan.index else { return }
        deliveries += 1
        let kind = judge.kind(slot, record, view)
        var marks = GroupState.Mark.delivered
        if case .aside = kind {} else { marks |= GroupState.Mark.ordered }
        let known = state.marks(number)
        if known & marks != marks { state.set(marks, position: number) }
        if known & GroupState.Mark.delivered != 0 {
            redelivered.take(number, stream: stream, t: record.pointee.t)
        } else {
            pause.take(number, stream: stream, t: record.pointee.t)
        }
        switch kind {
        case .aside: return
        case .unreadable: return corrupted.take(evidence.place(number, stream: stream))
        case .corrupted: corrupted.take(evidence.place(number, stream: stream))
        case .intact(let slot): takeIntact(slot, agent, number, record.pointee.t, evidence, state)
        }
        order.take(record, view, agent: agent, stream: stream, first: known & GroupState.Mark.ordered == 0)
    }

    @inline(__always)
    private mutating func takeIntact(
        _ slot: Int, _ agent: Int, _ number: UInt32, _ t: Int64, _ evidence: Evidence, _ state: GroupState
    ) {
        let first = !state.has(GroupState.Event.delivered, slot)
        if first {
            state.set(GroupState.Event.delivered, event: slot)
            state.times.base[slot] = t
            lag.take(slot, at: t)
        }
        let copied = state.log.has(LogState.Flags.copy, slot)
        if !copied || evidence.positions.isExtra(number) { handed.take(slot, number, copied: copied) }
        if state.log.has(LogState.Flags.complex, slot) { reads.take(slot, t: t) }
        if state.plan.processing {
            intact.append((UInt32(slot), number))
        } else {
            states.take(slot, agent: agent, first: first)
        }
    }
}

/// What a delivery is, to the log and to its group; apart from the walk, whose many figures need not come along.
private struct DeliveryJudge {
    /// What a group may hold of a delivery.
    enum Kind {
        /// Another run's, or of a kind that the log does not expect: it has a position and nothing else.
        case aside
        case unreadable
        /// Of this run, but not what was attempted.
        case corrupted
        case intact(Int)
    }

    let evidence: Evidence
    let state: GroupState

    /// What a delivery holds against what the passes, or other deliveries, hold at its position.
    @inline(__always) func compare(
        _ slot: Int, _ record: UnsafePointer<Record>, _ view: View, _ number: UInt32, _ stream: Int
    ) {
        let positions = evidence.positions
        if Int(number) < positions.baseCount, slot >= 0, positions.whats.base[Int(number)] == UInt32(slot) { return }
        compareContents(evidence.reader.content(record, view), number, stream)
    }

    private func compareContents(_ content: Content, _ number: UInt32, _ stream: Int) {
        let positions = evidence.positions
        if positions.isExtra(number) {
            positions.deliver(content, ofExtra: number)
        } else {
            let what = positions.whats[Int(number)]
            let same =
                what & PositionTable.special == 0
                ? content == evidence.reader.content(ofWhole: Int(what))
                : positions.specialContents(what).elementsEqual([content])
            if !same { positions.mark(number, PositionTable.Marks.deliveryDiffers) }
        }
        let log = evidence.logs.logOfStream[stream]
        guard log != LogTable.noLog else { return }
        let slot = evidence.reader.claimed(content)
        if slot < 0 || Diverged.expects(slot, evidence, evidence.logs.logs[log]) {
            positions.mark(number, PositionTable.Marks.deliveryExpected)
        }
    }

    @inline(__always) func kind(_ slot: Int, _ record: UnsafePointer<Record>, _ view: View) -> Kind {
        if slot >= 0 {
            if !state.log.has(LogState.Flags.expected, slot) { return .aside }
            return state.log.status(slot) == .none ? .corrupted : .intact(slot)
        }
        let content = evidence.reader.content(record, view)
        if content.isUnreadable { return .unreadable }
        if content.nulls != 0 || content.run != evidence.reader.run { return .aside }
        let claimed = evidence.reader.claimed(content)
        return claimed >= 0 && !state.log.has(LogState.Flags.expected, claimed) ? .aside : .corrupted
    }
}
