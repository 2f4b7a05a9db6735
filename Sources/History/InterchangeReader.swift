import Glibc

/// Reads a history from JSON Lines and refuses whatever is not exactly as it should be.
///
/// Input of this kind comes from other programs and from people, and a verdict is only worth what was read: nothing is
/// guessed, repaired or left out. One pass, no recursion, time in proportion to the input whatever it holds.
struct InterchangeReader: ~Copyable {
    var scanner = LineScanner()
    var builder = HistoryBuilder()
    /// The header's logs, by name.
    var logs = NameTable()
    /// Groups that a `group` record has spoken of.
    var groupsSaid = NameTable()
    private var started = false
    /// The number that each field's name had last: most lines say what the line before said.
    private var lastNames = [Int](repeating: -1, count: Field.allCases.count)
    private var lastGroup = -1

    /// - Parameter tolerant: a last line without its line feed that is no JSON object was torn by the death of whoever
    ///   wrote it, and is left out.
    mutating func read(
        _ input: UnsafeRawBufferPointer, file: String, tolerant: Bool = false
    ) throws(InputError) {
        let bytes = input.assumingMemoryBound(to: UInt8.self)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            throw InputError(
                file: file, line: 1, field: nil, problem: "begins with a byte order mark; it must be UTF-8 without one")
        }
        var line = 0
        if var place = bytes.baseAddress {
            let end = place + bytes.count
            while place < end {
                line += 1
                let feed = memchr(place, 0x0A, end - place)?.assumingMemoryBound(to: UInt8.self)
                let stop = feed.map { UnsafePointer($0) } ?? end
                do {
                    try read(UnsafeBufferPointer(start: place, count: stop - place))
                } catch {
                    if tolerant, feed == nil, error.syntax { break }
                    throw InputError(file: file, line: line, field: error.field, problem: error.text)
                }
                place = feed == nil ? end : stop + 1
            }
        }
        guard started else {
            throw InputError(
                file: file, line: 1, field: "type", problem: "a record of type history is missing from the first line")
        }
    }

    private mutating func read(_ line: UnsafeBufferPointer<UInt8>) throws(LineProblem) {
        if isBlank(line) { return }
        try scanner.scan(line)
        let type = try scanner.required(.type)
        guard type.kind == .string else { throw wrongKind(type, Field.type.key, "a string") }
        guard started else {
            guard same(type, "history") else {
                throw LineProblem(
                    field: Field.type.key, text: "the first line must be of type history, not \(shown(type.bytes))")
            }
            try readHeader()
            started = true
            return
        }
        try read(type)
    }

    @inline(__always)
    private mutating func read(_ type: Slot) throws(LineProblem) {
        if same(type, "attempt") { return try readAttempt() }
        if same(type, "outcome") { return try readOutcome() }
        if same(type, "replay") { return try readReplay() }
        if same(type, "delivery") { return try readDelivery() }
        if same(type, "ack") { return try readProgress(.ack) }
        if same(type, "commit") { return try readProgress(.commit) }
        if same(type, "processed") { return try readProgress(.processed) }
        try readRare(type)
    }

    private mutating func readRare(_ type: Slot) throws(LineProblem) {
        if same(type, "transaction") { return try readTransaction() }
        if same(type, "replay_end") { return try readReplayEnd() }
        if same(type, "gap") { return try readGap() }
        if same(type, "group") { return try readGroup() }
        if same(type, "group_end") { return try readGroupEnd() }
        if same(type, "fault") { return try readFault() }
        if same(type, "end") {
            builder.history.lastEnd = max(builder.history.lastEnd, try scanner.whole(.t))
            builder.history.ends += 1
            return
        }
        let text =
            same(type, "history")
            ? "history is given again; it is the first line and no other"
            : "\(shown(type.bytes)) is not a type of record"
        throw LineProblem(field: Field.type.key, text: text)
    }

    /// The number of the name that a field holds.
    @inline(__always)
    mutating func name(_ field: Field) throws(LineProblem) -> UInt32 {
        try name(field, scanner.required(field))
    }

    /// 0 if the field is absent or null.
    @inline(__always)
    mutating func optionalName(_ field: Field) throws(LineProblem) -> UInt32 {
        guard let slot = scanner.optional(field) else { return 0 }
        return try name(field, slot)
    }

    @inline(__always)
    private mutating func name(_ field: Field, _ slot: Slot) throws(LineProblem) -> UInt32 {
        guard slot.kind == .string else { throw wrongKind(slot, field.key, "a string") }
        if slot.escaped {
            let bytes = try unescaped(slot, field.key)
            let number = bytes.withUnsafeBufferPointer { builder.names.intern($0) }
            return UInt32(number + 1)
        }
        let last = lastNames[field.rawValue]
        if last >= 0, builder.names.has(slot.bytes, at: last) { return UInt32(last + 1) }
        let number = builder.names.intern(slot.bytes)
        lastNames[field.rawValue] = number
        return UInt32(number + 1)
    }

    /// The number of the group that a record of its doings names.
    @inline(__always)
    mutating func groupNumber() throws(LineProblem) -> UInt16 {
        let slot = try scanner.required(.group)
        guard slot.kind == .string else { throw wrongKind(slot, Field.group.key, "a string") }
        if !slot.escaped, lastGroup >= 0, builder.groups.has(slot.bytes, at: lastGroup) {
            return builder.recordGroup(lastGroup)
        }
        let number: Int
        if slot.escaped {
            let bytes = try unescaped(slot, Field.group.key)
            number = bytes.withUnsafeBufferPointer { builder.groups.intern($0) }
        } else {
            number = builder.groups.intern(slot.bytes)
        }
        lastGroup = number
        return builder.recordGroup(number)
    }

    consuming func finish() -> HistoryBuilder { builder }
}

private func isBlank(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
    line.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
}
