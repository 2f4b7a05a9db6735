public import History

/// What one history proves: pure, and the same for the same records in the same order.
///
/// It never fails: a history that allows no conclusion gives a verdict that says so (`valid`, `invalidReasons`).
///
/// A survey finds who occurs and where records of each owner lie; then attempts, replays and outcomes fill tables of
/// events, positions and attempts (`Evidence`). From these each log's figures are counted, and after each log those of
/// the groups that read it, one after the other in the same memory.
public func check(_ history: History) -> Verdict {
    let evidence = Evidence(history)
    let book = ExampleBook(evidence)
    let scratch = evidence.scratch
    var verdict = Verdict()
    verdict.events = countEvents(evidence)
    var availability = Availability(evidence)
    verdict.availability = availability.run()
    verdict.latency.ack = AckLatency.run(evidence, scratch)
    verdict.latency.phases = FaultPhases.run(evidence, scratch)
    if !history.header.logs.isEmpty { ByHome.run(evidence, scratch, &verdict) }

    let groups = Dictionary(grouping: GroupPlan.all(evidence), by: \.log)
    var figures = countLogs(evidence, scratch, book, groups, &verdict)
    let extras = Dictionary(grouping: evidence.positions.extras, by: { evidence.logs.logOfStream[$0.stream] })
    for plan in evidence.logs.logs {
        let diverged = Diverged(evidence, plan, extras[plan.index] ?? [])
        figures[plan.index].diverged = diverged.count
        book.add(plan.prefix + "diverged", places: diverged.examples)
    }
    verdict.log = figures[evidence.logs.ofRecord]
    if !history.header.logs.isEmpty {
        verdict.logs = [:]
        for (index, log) in history.header.logs.enumerated() { verdict.logs?[log.name] = figures[index] }
    }
    verdict.examples = book.examples
    verdict.invalidReasons = Invalid(evidence: evidence).reasons
    verdict.valid = verdict.invalidReasons.isEmpty
    return verdict
}

/// The figures of every log, and with each log those of its groups, of transactions, loss and agents.
private func countLogs(
    _ evidence: Evidence, _ scratch: Scratch, _ book: ExampleBook, _ groups: [Int: [GroupPlan]],
    _ verdict: inout Verdict
) -> [Verdict.LogFigures] {
    let state = LogState(evidence)
    let backdated = Dictionary(grouping: Backdated.find(evidence), by: \.log)
    let logCheck = LogCheck(evidence: evidence, state: state, backdated: backdated, book: book)
    let torn = TornTransactions(evidence)
    let states = AgentStates(evidence, state)
    var found = Verdict.States()
    let groupCheck = groups.isEmpty ? nil : GroupCheck(evidence, state, scratch, book, states)
    var figures: [Verdict.LogFigures] = []
    for plan in evidence.logs.logs {
        let result = logCheck.run(plan)
        figures.append(result.figures)
        if plan.index == evidence.logs.ofRecord {
            (verdict.loss, verdict.agents) = (result.loss, result.agents)
            verdict.shards = ShardFigures.run(evidence, state)
        }
        let ofLog = states.enter()
        if plan.index == evidence.logs.ofRecord { found.log = ofLog }
        torn.take(state)
        guard let groupCheck, let own = groups[plan.index] else { continue }
        let plans = GroupCheck.Plans(state, scratch, states)
        var dead: DeadCopies?
        for group in own.sorted(by: { ($0.dead ?? -1, $0.name) < ($1.dead ?? -1, $1.name) }) {
            if group.dead != dead?.plan.index { dead = group.dead.map { DeadCopies(evidence, evidence.logs.logs[$0]) } }
            let result = groupCheck.run(group, plans, dead)
            verdict.groups[group.name] = result.figures
            verdict.latency.delivery[group.name] = result.latency
            if plan.isOfResults(groups), verdict.latency.turn == nil { verdict.latency.turn = result.latency }
            found.groups[group.name] = result.states
        }
    }
    verdict.states = found
    torn.finish(&verdict.transactions, book)
    return figures
}

/// Events by status, from their attempts to all logs.
private func countEvents(_ evidence: Evidence) -> Verdict.Events {
    let (events, attempts) = (evidence.events, evidence.attempts)
    var counts = [Int](repeating: 0, count: 4)
    for slot in 0..<events.count where events.flags.base[slot] & Events.Flags.attempted != 0 {
        if !events.isComplex(slot) { counts[Int(evidence.simpleStatus(slot).rawValue)] += 1 }
    }
    for place in 0..<attempts.eventCount {
        let status = attempts.attempts[attempts.range(place)].reduce(Status.none) { max($0, attempts.status($1)) }
        counts[Int(status.rawValue)] += 1
    }
    var figures = Verdict.Events()
    figures.acked = counts[Int(Status.acked.rawValue)]
    figures.failed = counts[Int(Status.failed.rawValue)]
    figures.unknown = counts[Int(Status.unknown.rawValue)]
    figures.attempted = figures.acked + figures.failed + figures.unknown
    return figures
}
