/// Lines that become records of 64 bytes.
extension InterchangeReader {
    mutating func readAttempt() throws(LineProblem) {
        let t = try scanner.whole(.t)
        let agent = try scanner.whole(.agent)
        let seq = try scanner.whole(.seq)
        let number = try scanner.whole(.try, from: 1)
        let kind = try name(.kind)
        let intended = try scanner.whole(.intended, from: .min)
        let crc = try scanner.crc()
        let transaction = try optionalName(.transaction)
        let log = try logNumber()
        let poison = try scanner.flag(.poison)
        builder.store.append(
            .attempt(
                t: t, agent: agent, seq: seq, number: number, kind: kind, intended: intended, crc: crc,
                transaction: transaction, log: log, poison: poison))
    }

    mutating func readOutcome() throws(LineProblem) {
        let t = try scanner.whole(.t)
        let agent = try scanner.whole(.agent)
        let seq = try scanner.whole(.seq)
        let number = try scanner.whole(.try, from: 1)
        let result: Outcome =
            switch try scanner.word(.result, "acked", "failed", "unknown") {
            case 0: .acked
            case 1: .failed
            default: .unknown
            }
        let stream = try optionalName(.stream)
        var position: Position?
        if let slot = scanner.optional(.position) {
            let (value, form) = try positionValue(slot, Field.position.key)
            // A place in no stream is no place.
            if stream != 0 {
                try check(form, of: stream, .position)
                position = value
            }
        }
        let error = try optionalName(.error)
        let log = try logNumber()
        builder.store.append(
            .outcome(
                result, t: t, agent: agent, seq: seq, number: number, stream: stream, position: position,
                error: error, log: log))
    }

    mutating func readTransaction() throws(LineProblem) {
        let t = try scanner.whole(.t)
        let id = try name(.id)
        let state: TransactionState =
            switch try scanner.word(.state, "committed", "aborted", "unknown") {
            case 0: .committed
            case 1: .aborted
            default: .unknown
            }
        let begun = try scanner.optionalWhole(.begun)
        builder.store.append(.transaction(t: t, id: id, state: state, begun: begun))
    }

    mutating func readReplay() throws(LineProblem) {
        let pass = try scanner.whole(.pass, from: 1)
        let stream = try name(.stream)
        let position = try placed(stream)
        let content = try content(runNeeded: true)
        builder.store.append(
            .replay(
                pass: pass, stream: stream, position: position, run: content.run, agent: content.agent,
                seq: content.seq, crc: content.crc, flags: content.flags))
    }

    mutating func readReplayEnd() throws(LineProblem) {
        let pass = try scanner.whole(.pass, from: 1)
        builder.store.append(.replayEnd(pass: pass, stream: try name(.stream)))
    }

    mutating func readDelivery() throws(LineProblem) {
        let t = try scanner.whole(.t)
        let group = try groupNumber()
        let consumer = try name(.consumer)
        let stream = try name(.stream)
        let position = try placed(stream)
        let content = try content(runNeeded: false)
        builder.store.append(
            .delivery(
                t: t, group: group, consumer: consumer, stream: stream, position: position, run: content.run,
                agent: content.agent, seq: content.seq, crc: content.crc, flags: content.flags))
    }

    mutating func readProgress(_ type: RecordType) throws(LineProblem) {
        let t = try scanner.whole(.t)
        let group = try groupNumber()
        let consumer = type == .commit ? 0 : try name(.consumer)
        let stream = try name(.stream)
        let position = try placed(stream)
        builder.store.append(
            .progress(type, t: t, group: group, consumer: consumer, stream: stream, position: position))
    }

    mutating func readGap() throws(LineProblem) {
        let t = try scanner.whole(.t)
        let worker = try name(.worker)
        builder.store.append(.gap(t: t, worker: worker, reason: try name(.reason)))
    }

    private struct Content {
        var run: UInt32 = 0
        var agent: Int64 = 0
        var seq: Int64 = 0
        var crc: UInt32 = 0
        var flags: UInt8 = 0
    }

    /// What an entry holds. Where the agent is null it could not be read, and the rest may be null as well.
    @inline(__always)
    private mutating func content(runNeeded: Bool) throws(LineProblem) -> Content {
        var content = Content()
        if let agent = try scanner.optionalWhole(.agent) {
            content.agent = agent
            content.seq = try scanner.whole(.seq)
            content.crc = try scanner.crc()
            content.run = runNeeded ? try name(.run) : try optionalName(.run)
        } else {
            content.flags = Record.Flags.noAgent
            if let seq = try scanner.optionalWhole(.seq) {
                content.seq = seq
            } else {
                content.flags |= Record.Flags.noSeq
            }
            if let crc = try scanner.optionalWhole(.crc, to: Int64(UInt32.max)) {
                content.crc = UInt32(crc)
            } else {
                content.flags |= Record.Flags.noCRC
            }
            content.run = try optionalName(.run)
        }
        if content.run == 0 { content.flags |= Record.Flags.noRun }
        return content
    }

    /// The field `position` of a stream.
    @inline(__always)
    private mutating func placed(_ stream: UInt32) throws(LineProblem) -> Position {
        let (position, form) = try scanner.position(.position)
        try check(form, of: stream, .position)
        return position
    }

    @inline(__always)
    mutating func check(_ form: Position.Form, of stream: UInt32, _ field: Field) throws(LineProblem) {
        if builder.note(form, of: stream) { return }
        throw LineProblem(
            field: field.key,
            text: "positions of stream \(builder.names.name(Int(stream) - 1)) are both whole numbers and strings MS-SEQ"
        )
    }
}
