import History

/// All figures of one group after another.
struct GroupCheck {
    let evidence: Evidence
    let log: LogState
    let state: GroupState
    let scratch: Scratch
    let tables: OutOfOrder.Tables
    let book: ExampleBook
    let states: AgentStates
    private let applied: DeliveredEvents

    /// What is made once for all groups that read one log.
    struct Plans {
        let starts: Lag.Starts
        let backlog: Backlog
        let waits: Waits
        let catchUp: CatchUp.Start
        let states: AgentStates

        init(_ log: LogState, _ scratch: Scratch, _ states: AgentStates) {
            (starts, backlog) = (Lag.Starts(log, scratch), Backlog(log))
            (waits, catchUp, self.states) = (Waits(log), CatchUp.Start(log), states)
        }
    }

    /// What is said of one group.
    struct Result {
        var figures = Verdict.GroupFigures()
        var states = Verdict.States.Counts()
        var latency = Verdict.Percentiles()
    }

    init(_ evidence: Evidence, _ log: LogState, _ scratch: Scratch, _ book: ExampleBook, _ states: AgentStates) {
        (self.evidence, self.log, self.scratch, self.book) = (evidence, log, scratch, book)
        state = GroupState(evidence, log)
        tables = OutOfOrder.Tables(evidence.events.index)
        self.states = states
        applied = DeliveredEvents(evidence)
    }

    /// The figures of a group that reads the log in which `log` stands.
    func run(_ plan: GroupPlan, _ plans: Plans, _ dead: DeadCopies?) -> Result {
        state.enter(plan)
        markPending()
        var walk = DeliveryWalk(evidence, state, scratch, tables, plans)
        walk.run()
        readProgress(&walk)
        state.prepareCommits()

        var figures = Verdict.GroupFigures()
        figures.deliveries = walk.deliveries
        let prefix = "groups.\(plan.name)."
        finishPositions(&walk, &figures, prefix)
        finishUndelivered(&figures, prefix, plans.backlog)
        finishDelivered(&walk, &figures, prefix, CatchUp(state, plans.catchUp))
        finishReads(&walk, &figures, prefix)
        if let dead { finishDeadLetters(DeadLetters(evidence, state, dead), &figures, prefix, plans.backlog) }
        figures.lag = .init(maxEvents: walk.lag.most(plans.starts), maxNanoseconds: walk.lag.longest)
        figures.pause = walk.pause.finish()
        return Result(figures: figures, states: states.finish(state), latency: DeliveryLatency.run(state, scratch))
    }

    private func markPending() {
        let positions = evidence.positions
        for (stream, progress) in state.streams {
            for position in progress.end?.pending ?? [] {
                let number = positions.number(stream: stream, position)
                state.set(GroupState.Mark.pending, position: number)
                if positions.isExtra(number) { continue }
                let what = positions.whats[Int(number)]
                if what & PositionTable.special == 0 {
                    state.set(GroupState.Event.pending, event: Int(what))
                    continue
                }
                for content in positions.specialContents(what) {
                    let slot = evidence.reader.claimed(content)
                    if slot >= 0, evidence.events.crcs[slot] == content.crc {
                        state.set(GroupState.Event.pending, event: slot)
                    }
                }
            }
        }
    }

    /// Acks, commits and processed records, in the order of time.
    private func readProgress(_ walk: inout DeliveryWalk) {
        if state.plan.processing { applied.enter(walk.intact) }
        var inOrder = TimeOrder(evidence.views)
        for number in state.plan.numbers {
            inOrder.add(evidence.survey.progress[number], .progress(group: number))
        }
        inOrder.walk(evidence.events, nil) { record, view in take(record, view, &walk.redelivered) }
        if state.plan.processing { applied.leave(walk.intact) }
    }

    @inline(__always)
    private func take(_ record: UnsafePointer<Record>, _ view: View, _ redelivered: inout Redelivered) {
        let stream = Int(evidence.streams.places.base[view.name(record.pointee.stream)])
        guard evidence.logs.logOfStream[stream] == log.plan.index else { return }
        if record.pointee.rawType == RecordType.commit.rawValue {
            return state.commit(record.pointee.position, stream: stream, t: record.pointee.t)
        }
        let number = evidence.positions.number(stream: stream, record.pointee.position)
        if record.pointee.rawType == RecordType.processed.rawValue {
            state.set(GroupState.Mark.processed, position: number)
            return apply(number)
        }
        state.set(GroupState.Mark.acked, position: number)
        if state.marks(number) & GroupState.Mark.again != 0 { redelivered.takeAck(number, t: record.pointee.t) }
    }

    /// Takes what a `processed` record says was done.
    @inline(__always)
    private func apply(_ number: UInt32) {
        guard state.plan.processing, let slot = applied.event(at: number) else { return }
        let first = !state.has(GroupState.Event.applied, slot)
        if first { state.set(GroupState.Event.applied, event: slot) }
        states.take(slot, agent: evidence.events.index.agent(ofSlot: slot), first: first)
    }

    private func finishReads(_ walk: inout DeliveryWalk, _ figures: inout Verdict.GroupFigures, _ prefix: String) {
        if figures.undelivered.skipped > 0 { walk.reads.finish() }
        (figures.abortedRead, figures.earlyRead, figures.tornRead) =
            (walk.reads.aborted, walk.reads.early, walk.reads.torn)
        book.add(prefix + "aborted_read", events: walk.reads.abortedExamples)
        book.add(prefix + "early_read", events: walk.reads.earlyExamples)
        book.add(prefix + "torn_read", transactions: walk.reads.tornExamples)
    }

    private func finishPositions(_ walk: inout DeliveryWalk, _ figures: inout Verdict.GroupFigures, _ prefix: String) {
        figures.corrupted = walk.corrupted.count
        book.add(prefix + "corrupted", places: walk.corrupted.examples)
        (figures.outOfOrder, figures.outOfOrderAcross) = (walk.order.same, walk.order.across)
        book.add(prefix + "out_of_order", places: walk.order.sameExamples)
        book.add(prefix + "out_of_order_across", places: walk.order.acrossExamples)
        walk.redelivered.finish()
        figures.redelivered = walk.redelivered.figures
        book.add(prefix + "redelivered.unacked", places: walk.redelivered.unacked)
        book.add(prefix + "redelivered.acked", places: walk.redelivered.acked)
        var stuck = Stuck(evidence, state)
        stuck.run()
        (figures.stuck, figures.acksLost) = (stuck.stuck, stuck.acksLost)
        book.add(prefix + "stuck", places: stuck.stuckExamples)
        book.add(prefix + "acks_lost", places: stuck.acksLostExamples)
    }

    private func finishUndelivered(_ figures: inout Verdict.GroupFigures, _ prefix: String, _ backlog: Backlog) {
        var undelivered = Undelivered(state)
        undelivered.run(backlog)
        figures.undelivered = undelivered.figures
        figures.expiredUnseen = undelivered.expiredUnseen
        book.add(prefix + "undelivered.skipped", events: undelivered.skippedExamples)
        book.add(prefix + "undelivered.behind", events: undelivered.behindExamples)
        book.add(prefix + "expired_unseen", events: undelivered.unseenExamples)
    }

    private func finishDelivered(
        _ walk: inout DeliveryWalk, _ figures: inout Verdict.GroupFigures, _ prefix: String, _ start: CatchUp
    ) {
        var unprocessed = Unprocessed(state)
        unprocessed.take(walk.intact)
        var (handed, catchUp) = (walk.handed, start)
        state.forEachDelivered { slot in
            catchUp.take(slot)
            if !log.has(LogState.Flags.copy, slot) { handed.finish(slot) }
            if state.plan.processing { unprocessed.take(slot) }
        }
        figures.catchUpNanoseconds = catchUp.nanoseconds
        figures.unprocessed = unprocessed.count
        book.add(prefix + "unprocessed", events: unprocessed.examples)
        (figures.vanished, figures.moved) = (handed.vanished, handed.moved)
        book.add(prefix + "vanished", events: handed.vanishedExamples)
        book.add(prefix + "moved", events: handed.movedExamples)
    }

    private func finishDeadLetters(
        _ made: DeadLetters, _ figures: inout Verdict.GroupFigures, _ prefix: String, _ backlog: Backlog
    ) {
        var letters = made
        letters.take(poison: backlog.poison)
        state.forEachDelivered { letters.take($0) }
        figures.deadLetters = letters.figures
        book.add(prefix + "dead_letters.poison", events: letters.poison)
        book.add(prefix + "dead_letters.moved", events: letters.moved)
        book.add(prefix + "dead_letters.missing", events: letters.missing)
    }
}
