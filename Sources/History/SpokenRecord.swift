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
    public var group = ""
    public var consumer = ""
    /// Empty: none is named.
    public var stream = ""
    public var run = ""
    public var error = ""
    /// Empty: none is named.
    public var log = ""
    public var position: Position?
    public var form = Position.Form.offset
    /// A delivery of something that could not be read as an event.
    public var isUnreadable = false

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
            try readContent(&record)
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
        record.group = try scanner.text(.group)
        if record.kind != .commit { record.consumer = try scanner.text(.consumer) }
        record.stream = try scanner.text(.stream)
        let (position, form) = try scanner.position(.position)
        (record.position, record.form) = (position, form)
    }

    private func readContent(_ record: inout SpokenRecord) throws(LineProblem) {
        record.run = try scanner.optionalText(.run) ?? ""
        guard let agent = try scanner.optionalWhole(.agent) else {
            record.isUnreadable = true
            return
        }
        record.agent = agent
        record.seq = try scanner.whole(.seq)
        record.crc = try scanner.crc()
    }
}
