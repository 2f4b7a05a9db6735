/// Reads the header's `logs`.
enum LogsReader {
    private static let limit = Int(Record.none16)

    static func read(_ slot: Slot) throws(LineProblem) -> [History.Log] {
        guard slot.kind == .object else { throw wrongKind(slot, Field.logs.key, "an object") }
        var logs: [History.Log] = []
        var names: Set<Name> = []
        var owners: [Name: Name] = [:]
        var record: Name?
        var members = MemberList(slot)
        while let (key, value) = try members.next(of: Field.logs.key) {
            let name = Name(key)
            guard names.insert(name).inserted else {
                throw LineProblem(field: "logs.\(key)", text: "given twice")
            }
            let log = try readLog(name, value)
            for stream in log.streams {
                if let owner = owners.updateValue(name, forKey: stream), owner != name {
                    throw LineProblem(
                        field: "logs.\(key).streams", text: "stream \(stream) belongs to log \(owner) as well")
                }
            }
            if log.ofRecord {
                if let record {
                    throw LineProblem(field: "logs.\(key).of_record", text: "\(record) is the log of record as well")
                }
                record = name
            }
            logs.append(log)
            guard logs.count <= limit else {
                throw LineProblem(field: Field.logs.key, text: "more than \(limit) logs")
            }
        }
        if logs.isEmpty { throw LineProblem(field: Field.logs.key, text: "no log in it; leave it out, or name one") }
        return logs
    }

    private static func readLog(_ name: Name, _ slot: Slot) throws(LineProblem) -> History.Log {
        let prefix = "logs.\(name)"
        guard slot.kind == .object else { throw wrongKind(slot, prefix, "an object") }
        var log = History.Log(name: name, streams: [])
        var seen: Set<Name> = []
        var members = MemberList(slot)
        while let (key, value) = try members.next(of: prefix) {
            let field = "\(prefix).\(key)"
            guard seen.insert(Name(key)).inserted else { throw LineProblem(field: field, text: "given twice") }
            switch Name(key) {
            case Name("streams"): log.streams = try list(value, field)
            case Name("kinds"): log.kinds = try list(value, field)
            case Name("of_record"): log.ofRecord = try truth(value, field)
            case Name("own"): log.own = try truth(value, field)
            case Name("retention"):
                guard value.kind == .object || value.kind == .null else {
                    throw wrongKind(value, field, "an object or null")
                }
                log.retention = value.kind == .object
            default: break
            }
        }
        guard seen.contains(Name("streams")) else { throw LineProblem(field: "\(prefix).streams", text: "missing") }
        return log
    }

    private static func list(_ slot: Slot, _ field: String) throws(LineProblem) -> [Name] {
        guard slot.kind == .array else { throw wrongKind(slot, field, "an array of strings") }
        var names: [Name] = []
        var list = ValueList(slot)
        while let element = try list.next() { names.append(Name(try textValue(element, field))) }
        return names
    }
}

/// The values of an array whose syntax has been checked.
struct ValueList {
    private var scanner: TextScanner
    private var first = true

    init(_ array: Slot) { scanner = inside(array) }

    mutating func next() throws(LineProblem) -> Slot? {
        scanner.skipSpace()
        if scanner.atEnd { return nil }
        if !first { _ = scanner.take(UInt8(ascii: ",")) }
        first = false
        return try value(&scanner)
    }
}

/// The members of an object whose syntax has been checked.
struct MemberList {
    private var scanner: TextScanner
    private var first = true

    init(_ object: Slot) { scanner = inside(object) }

    mutating func next(of field: String) throws(LineProblem) -> (String, Slot)? {
        scanner.skipSpace()
        if scanner.atEnd { return nil }
        if !first { _ = scanner.take(UInt8(ascii: ",")) }
        first = false
        scanner.skipSpace()
        let key = try value(&scanner)
        try scanner.colon()
        let name = try textValue(key, field)
        return (name, try value(&scanner))
    }
}

/// A container without its brackets.
private func inside(_ container: Slot) -> TextScanner {
    guard let base = container.bytes.baseAddress else { preconditionFailure("a container has brackets") }
    return TextScanner(place: base + 1, end: base + container.bytes.count - 1)
}

private func value(_ scanner: inout TextScanner) throws(LineProblem) -> Slot {
    scanner.skipSpace()
    var slot = Slot()
    let start = scanner.place
    let byte = scanner.atEnd ? 0 : start.pointee
    if scanner.take(UInt8(ascii: "\"")) {
        slot.kind = .string
        slot.bytes = try scanner.string(escaped: &slot.escaped)
        return slot
    }
    if byte == UInt8(ascii: "-") || byte &- 0x30 < 10 {
        try scanner.number(into: &slot)
        return slot
    }
    if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
        // It lies in a line whose depth has been checked as a whole.
        try scanner.skipContainer(depth: 2)
        slot.kind = byte == UInt8(ascii: "{") ? .object : .array
    } else {
        slot.kind = try scanner.word()
    }
    slot.bytes = UnsafeBufferPointer(start: start, count: scanner.place - start)
    return slot
}
