import History

/// All that the records say, in tables: what the figures are counted from.
final class Evidence {
    let history: History
    let views: [View]
    let survey: Survey
    let streams: StreamTable
    let logs: LogTable
    let passes: [Int64]
    let transactions: TransactionTable
    let reader: ContentReader
    let events: Events
    let attempts: AttemptTable
    let positions: PositionTable
    let acked: AckedPositions
    let contradictions: Contradictions
    let scratch: Scratch
    let allRetried: Bool
    private let owner: Views

    init(_ history: History) {
        let contradictions = Contradictions()
        let owner = Views(history)
        let views = owner.all
        var survey = Survey(history, views)
        let streams = StreamTable(
            history, numbers: survey.streamNumbers,
            others: history.groupEnds.map(\.stream) + history.header.logs.flatMap(\.streams))
        let numbers = Evidence.numbers(history)
        let logs = LogTable(history.header, streams: streams) { numbers[$0] }
        let transactions = TransactionTable(history, survey, contradictions)
        let passes = Set(survey.replayKeys.map(\.pass)).union(survey.replayEnds.map(\.pass)).sorted()

        let (events, attempts) = AttemptPhase(
            views: views, logs: logs, transactions: transactions, contradictions: contradictions,
            stateKinds: Evidence.stateKinds(history)
        ).run(survey)
        let run = numbers[history.header.run] ?? (history.header.run.text.isEmpty ? 0 : .max)
        let reader = ContentReader(run: run, events: events)
        let positions = ReplayPhase(views: views, reader: reader, streams: streams, logs: logs, passes: passes)
            .run(survey)
        survey.forgetReplays()
        let scratch = Scratch(
            count: max(events.count + attempts.attempts.count, positions.baseCount + survey.outcomes))
        acked = OutcomePhase(
            views: views, logs: logs, streams: streams, events: events, attempts: attempts, positions: positions,
            contradictions: contradictions, scratch: scratch
        ).run()

        (self.history, self.owner, self.views, self.survey) = (history, owner, views, survey)
        (self.streams, self.logs, self.passes, self.transactions) = (streams, logs, passes, transactions)
        (self.reader, self.events, self.attempts, self.positions) = (reader, events, attempts, positions)
        (self.contradictions, self.scratch) = (contradictions, scratch)
        allRetried = history.header.retries == "client"
    }

    /// The numbers of the names that the header speaks of.
    private static func numbers(_ history: History) -> [Name: UInt32] {
        let wanted = Set([history.header.run] + history.header.logs.flatMap { $0.kinds ?? [] })
        var numbers: [Name: UInt32] = [:]
        for (number, name) in history.names.enumerated().dropFirst() where wanted.contains(name) {
            numbers[name] = numbers[name] ?? UInt32(number)
        }
        return numbers
    }

    private static func stateKinds(_ history: History) -> Column<UInt8> {
        let kinds = Column<UInt8>(repeating: AgentState.Kind.other.rawValue, count: max(history.names.count, 1))
        for (number, name) in history.names.enumerated() { kinds.base[number] = AgentState.Kind(named: name).rawValue }
        return kinds
    }

    /// Whether retention has passed a position, in the log that its stream belongs to. Positions that a pass has are
    /// never below the lowest that any pass has.
    func retentionPassed(_ position: UInt32) -> Bool {
        guard positions.isExtra(position) else { return false }
        let stream = positions.stream(position)
        guard logs.hasRetention(stream: stream) else { return false }
        return positions.lowest(stream).map { positions.position(position, stream: stream) < $0 } ?? true
    }

    func log(ofPosition position: UInt32) -> Int { logs.logOfStream[positions.stream(position)] }

    // MARK: Attempts of an event, simple or complex

    /// Every acked position of an event in a log.
    func forEachAckedPosition(_ slot: Int, in log: Int, _ body: (UInt32) -> Void) {
        if !events.isComplex(slot) {
            let position = events.links[slot]
            if events.result(slot) == .acked, position != Events.noPosition, self.log(ofPosition: position) == log {
                body(position)
            }
            return
        }
        for attempt in attempts.attempts[attempts.range(Int(events.links[slot]))]
        where attempt.position != Events.noPosition && attempts.status(attempt) == .acked {
            if self.log(ofPosition: attempt.position) == log { body(attempt.position) }
        }
    }

    /// How an event stands in the eyes of a log: from its attempts to all logs without `own`, or to one with it.
    func status(_ slot: Int, in plan: LogPlan) -> Status {
        if !events.isComplex(slot) {
            return logs.isInScope(0, of: plan) ? simpleStatus(slot) : .none
        }
        var status = Status.none
        for attempt in attempts.attempts[attempts.range(Int(events.links[slot]))]
        where logs.isInScope(Int(attempt.log), of: plan) {
            status = max(status, attempts.status(attempt))
        }
        return status
    }

    func simpleStatus(_ slot: Int) -> Status {
        switch events.result(slot) {
        case .acked: .acked
        case .failed: .failed
        case .unknown, .none: .unknown
        }
    }

    // MARK: Examples

    func example(_ slot: Int) -> Verdict.Example {
        let (agent, seq) = events.index.event(slot)
        var example = Verdict.Example()
        (example.agent, example.seq) = (agent, seq)
        return example
    }

    func example(_ place: Place) -> Verdict.Example {
        var example = Verdict.Example()
        example.stream = streams.names[place.stream].text
        example.position = streams.written(place.position, in: place.stream)
        return example
    }

    func place(_ number: UInt32, stream: Int) -> Place {
        Place(stream: stream, position: positions.position(number, stream: stream))
    }
}

/// A position of a stream, in the order of examples.
struct Place: Hashable, Comparable {
    var stream: Int
    var position: Position

    static func < (a: Place, b: Place) -> Bool {
        a.stream != b.stream ? a.stream < b.stream : a.position < b.position
    }
}
