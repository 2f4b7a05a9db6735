/// One line of interchange that a client under audit says of itself.
public struct SpokenRecord: Sendable {
    public enum Kind: Sendable {
        case attempt, outcome, delivery, ack, commit, processed
        /// Not of a history: the client has its place, and is there.
        case ready, alive
    }

    public var kind: Kind
    public var t: Int64 = 0
    public var agent: Int64 = 0
    public var seq: Int64 = 0
    /// Of a try, from 1.
    public var number: Int64 = 0
    public var intended: Int64 = 0
    public var crc: UInt32 = 0
    /// The kind of event of an attempt.
    public var event = ""
    public var outcome = Outcome.unknown
    /// Empty: none is named, here and in what follows.
    public var group = ""
    public var consumer = ""
    public var stream = ""
    public var error = ""
    public var log = ""
    public var position: Position?
    public var form = Position.Form.offset
    /// What was delivered.
    public var content = Content.value(nil)

    public enum Content: Sendable {
        /// Byte for byte; nil: there was nothing, or nothing that the client could read as an event.
        case value([UInt8]?)
        /// What the client read in it, as a history has it; of this run if none is named.
        case event(run: String, agent: Int64, seq: Int64, crc: UInt32)
    }

    public init(_ kind: Kind) { self.kind = kind }
}

/// What is wrong with a line.
public struct SpokenError: Error, Sendable, CustomStringConvertible {
    public var description: String
}

/// Reads such lines one by one, as strictly as a whole history: nothing is guessed, repaired or left out.
public struct SpokenReader: ~Copyable {
    private var scanner = LineScanner()

    public init() {}

    /// - Parameter line: without its line feed.
    public mutating func read(_ line: UnsafeBufferPointer<UInt8>) throws(SpokenError) -> SpokenRecord {
        do throws(LineProblem) {
            try scanner.scan(line)
            return try record()
        } catch {
            throw SpokenError(description: error.field.map { "\($0): \(error.text)" } ?? error.text)
        }
    }

    private func record() throws(LineProblem) -> SpokenRecord {
        let kinds: [SpokenRecord.Kind] = [
            .attempt, .outcome, .delivery, .ack, .commit, .processed, .ready, .alive,
        ]
        let type = try scanner.word(
            .type, "attempt", "outcome", "delivery", "ack", "commit", "processed", "ready", "alive")
        var record = SpokenRecord(kinds[type])
        record.t = try scanner.whole(.t)
        switch record.kind {
        case .attempt: try readAttempt(&record)
        case .outcome: try readOutcome(&record)
        case .delivery:
            try readPlace(&record)
            record.content = try readContent()
        case .ack, .commit, .processed: try readPlace(&record)
        case .ready, .alive: break
        }
        return record
    }

    private func readEvent(_ record: inout SpokenRecord) throws(LineProblem) {
        record.agent = try scanner.whole(.agent)
        record.seq = try scanner.whole(.seq)
        record.number = try scanner.whole(.try, from: 1)
        record.log = try scanner.optionalText(.log) ?? ""
    }

    private func readAttempt(_ record: inout SpokenRecord) throws(LineProblem) {
        try readEvent(&record)
        record.event = try scanner.text(.kind)
        record.intended = try scanner.whole(.intended, from: .min)
        record.crc = try scanner.crc()
        if scanner.optional(.transaction) != nil {
            throw LineProblem(field: Field.transaction.key, text: "clients under audit have no transactions yet")
        }
    }

    private func readOutcome(_ record: inout SpokenRecord) throws(LineProblem) {
        try readEvent(&record)
        let results: [Outcome] = [.acked, .failed, .unknown]
        record.outcome = results[try scanner.word(.result, "acked", "failed", "unknown")]
        record.stream = try scanner.optionalText(.stream) ?? ""
        record.error = try scanner.optionalText(.error) ?? ""
        guard let slot = scanner.optional(.position) else { return }
        guard !record.stream.isEmpty else {
            throw LineProblem(field: Field.stream.key, text: "missing: a position is one of a stream")
        }
        let (position, form) = try positionValue(slot, Field.position.key)
        (record.position, record.form) = (position, form)
    }

    private func readPlace(_ record: inout SpokenRecord) throws(LineProblem) {
        record.group = try scanner.optionalText(.group) ?? ""
        record.consumer = try scanner.optionalText(.consumer) ?? ""
        record.stream = try scanner.text(.stream)
        let (position, form) = try scanner.position(.position)
        (record.position, record.form) = (position, form)
    }

    /// Whose event it is, and whether it is whole, is read from its bytes where there are any, and then not believed.
    private func readContent() throws(LineProblem) -> SpokenRecord.Content {
        let isNamed = scanner.value(.agent) != nil
        guard let slot = scanner.value(.value) else {
            if isNamed { return try readEvent() }
            throw LineProblem(
                field: Field.value.key, text: "missing; null says that there was nothing, `agent` what was read in it")
        }
        if isNamed { throw LineProblem(field: Field.value.key, text: "says what `agent` says, too: say one of them") }
        if slot.kind == .null { return .value(nil) }
        guard slot.kind == .string else { throw wrongKind(slot, Field.value.key, "a string in base64, or null") }
        let bytes =
            slot.escaped
            ? try unescaped(slot, Field.value.key).withUnsafeBufferPointer { Base64.decode($0) }
            : Base64.decode(slot.bytes)
        guard let bytes else { throw LineProblem(field: Field.value.key, text: "is not base64") }
        return .value(bytes)
    }

    private func readEvent() throws(LineProblem) -> SpokenRecord.Content {
        guard let agent = try scanner.optionalWhole(.agent) else { return .value(nil) }
        return .event(
            run: try scanner.optionalText(.run) ?? "", agent: agent, seq: try scanner.whole(.seq),
            crc: try scanner.crc())
    }
}
