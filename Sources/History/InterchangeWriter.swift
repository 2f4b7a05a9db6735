import Glibc

extension History {
    /// Writes the history as interchange text: the same records in the same order, so that a check of the text gives
    /// the verdict that a check of the history itself gives.
    ///
    /// - Parameter name: how an error calls the file.
    public func export(to descriptor: Int32, name: String) throws(ShardError) {
        var writer = InterchangeWriter(self, descriptor: descriptor, name: name)
        try writer.write()
    }
}

/// Puts records into lines and lines into a file, some hundred thousand bytes at a time.
private struct InterchangeWriter: ~Copyable {
    private let history: History
    private let descriptor: Int32
    private let name: String
    /// Every name as a JSON string.
    private let names: [[UInt8]]
    private let groups: [[UInt8]]
    private let logs: [[UInt8]]
    private let forms: [Position.Form]
    private var text = TextBuffer(capacity: batch * 2)

    private static let batch = 1 << 18

    init(_ history: History, descriptor: Int32, name: String) {
        (self.history, self.descriptor, self.name) = (history, descriptor, name)
        names = history.names.map { quoted($0) }
        groups = history.groupNames.map { quoted($0) }
        logs = history.header.logs.map { quoted($0.name) }
        forms = history.names.indices.map { history.forms[UInt32($0)] ?? .entry }
    }

    mutating func write() throws(ShardError) {
        text.line(header: history.header)
        for group in history.groups {
            text.line(group: group)
            try flush(whenOver: InterchangeWriter.batch)
        }
        for chunk in history.chunks {
            for record in chunk.records {
                append(record, chunk)
                try flush(whenOver: InterchangeWriter.batch)
            }
        }
        for fault in history.faults {
            text.line(fault: fault)
            try flush(whenOver: InterchangeWriter.batch)
        }
        var streamForms: [Name: Position.Form] = [:]
        for (number, form) in history.forms { streamForms[history.names[Int(number)]] = form }
        for end in history.groupEnds {
            text.line(groupEnd: end, form: streamForms[end.stream] ?? .entry)
            try flush(whenOver: InterchangeWriter.batch)
        }
        for _ in 0..<history.ends { text.line(endAt: history.lastEnd) }
        try flush(whenOver: 0)
    }

    private mutating func flush(whenOver limit: Int) throws(ShardError) {
        if text.count <= limit { return }
        let bytes = text.bytes
        var written = 0
        while written < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
            let n = Glibc.write(descriptor, rest.baseAddress, rest.count)
            if n > 0 {
                written += n
            } else if n == 0 || errno != EINTR {
                throw shardError(n == 0 ? ENOSPC : errno, name, doing: "written")
            }
        }
        text.clear()
    }

    private mutating func append(_ r: Record, _ chunk: RecordChunk) {
        switch r.type {
        case .attempt: appendAttempt(r, chunk)
        case .outcome: appendOutcome(r, chunk)
        case .replay:
            field("{\"type\":\"replay\",\"pass\":", r.pass)
            appendPlace(r, chunk)
            appendContent(r, chunk)
        case .delivery:
            field("{\"type\":\"delivery\",\"t\":", r.t)
            appendGroup(r, chunk)
            field(",\"consumer\":", r.consumer, chunk)
            appendPlace(r, chunk)
            appendContent(r, chunk)
        case .ack: appendProgress("{\"type\":\"ack\",\"t\":", r, chunk)
        case .commit: appendProgress("{\"type\":\"commit\",\"t\":", r, chunk)
        case .processed: appendProgress("{\"type\":\"processed\",\"t\":", r, chunk)
        case .replayEnd:
            field("{\"type\":\"replay_end\",\"pass\":", r.pass)
            field(",\"stream\":", r.stream, chunk)
        case .transaction: appendTransaction(r, chunk)
        case .gap:
            field("{\"type\":\"gap\",\"t\":", r.t)
            field(",\"worker\":", r.crc, chunk)
            field(",\"reason\":", r.second, chunk)
        case .definition, nil: preconditionFailure("a chunk holds no definitions")
        }
        text.append("}\n")
    }

    private mutating func appendAttempt(_ r: Record, _ chunk: RecordChunk) {
        field("{\"type\":\"attempt\",\"t\":", r.t)
        appendTry(r)
        field(",\"kind\":", r.kind, chunk)
        field(",\"intended\":", r.intended)
        field(",\"crc\":", Int64(r.crc))
        if r.transaction != 0 { field(",\"transaction\":", r.transaction, chunk) }
        appendLog(r)
        if r.has(Record.Flags.poison) { text.append(",\"poison\":true") }
    }

    private mutating func appendOutcome(_ r: Record, _ chunk: RecordChunk) {
        field("{\"type\":\"outcome\",\"t\":", r.t)
        appendTry(r)
        switch r.outcome {
        case .acked: text.append(",\"result\":\"acked\"")
        case .failed: text.append(",\"result\":\"failed\"")
        case .unknown: text.append(",\"result\":\"unknown\"")
        }
        field(",\"stream\":", r.stream, chunk)
        text.append(",\"position\":")
        if r.has(Record.Flags.noPosition) { text.append("null") } else { appendPosition(r, chunk) }
        field(",\"error\":", r.error, chunk)
        appendLog(r)
    }

    private mutating func appendTransaction(_ r: Record, _ chunk: RecordChunk) {
        field("{\"type\":\"transaction\",\"t\":", r.t)
        field(",\"id\":", r.transaction, chunk)
        switch r.transactionState {
        case .committed: text.append(",\"state\":\"committed\"")
        case .aborted: text.append(",\"state\":\"aborted\"")
        case .unknown: text.append(",\"state\":\"unknown\"")
        }
        if !r.has(Record.Flags.noPosition) { field(",\"begun\":", r.begun) }
    }

    private mutating func appendProgress(_ start: StaticString, _ r: Record, _ chunk: RecordChunk) {
        field(start, r.t)
        appendGroup(r, chunk)
        if r.type != .commit { field(",\"consumer\":", r.consumer, chunk) }
        appendPlace(r, chunk)
    }

    private mutating func appendContent(_ r: Record, _ chunk: RecordChunk) {
        let flags = Record.Flags.self
        if !r.has(flags.noRun) {
            field(",\"run\":", r.run, chunk)
        } else if r.type == .replay {
            text.append(",\"run\":null")
        }
        if r.has(flags.noAgent) { text.append(",\"agent\":null") } else { field(",\"agent\":", r.agent) }
        if r.has(flags.noSeq) { text.append(",\"seq\":null") } else { field(",\"seq\":", r.seq) }
        if r.has(flags.noCRC) { text.append(",\"crc\":null") } else { field(",\"crc\":", Int64(r.crc)) }
    }

    private mutating func appendTry(_ r: Record) {
        field(",\"agent\":", r.agent)
        field(",\"seq\":", r.seq)
        field(",\"try\":", r.attemptNumber)
    }

    private mutating func appendLog(_ r: Record) {
        guard r.log != Record.none16 else { return }
        text.append(",\"log\":")
        text.append(logs[Int(r.log)])
    }

    private mutating func appendGroup(_ r: Record, _ chunk: RecordChunk) {
        text.append(",\"group\":")
        text.append(groups[Int(chunk.groups?[Int(r.group)] ?? UInt32(r.group))])
    }

    private mutating func appendPlace(_ r: Record, _ chunk: RecordChunk) {
        field(",\"stream\":", r.stream, chunk)
        text.append(",\"position\":")
        appendPosition(r, chunk)
    }

    private mutating func appendPosition(_ r: Record, _ chunk: RecordChunk) {
        text.append(r.position, forms[Int(chunk.names?[Int(r.stream)] ?? r.stream)])
    }

    private mutating func field(_ key: StaticString, _ value: Int64) {
        text.append(key)
        text.append(value)
    }

    /// A name by its number in the chunk; null for none.
    private mutating func field(_ key: StaticString, _ number: UInt32, _ chunk: RecordChunk) {
        text.append(key)
        if number == 0 { return text.append("null") }
        text.append(names[Int(chunk.names?[Int(number)] ?? number)])
    }
}

private func quoted(_ name: Name) -> [UInt8] {
    var text = TextBuffer(capacity: 64)
    text.append(quoted: name.text)
    return Array(text.bytes)
}
