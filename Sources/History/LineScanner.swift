/// Cuts a line into its fields. What a value means is decided afterwards, when the line's type is known.
struct LineScanner: ~Copyable {
    private let table = FieldTable()
    private let slots: UnsafeMutablePointer<Slot>
    private var stamp = 0
    /// Names of this line's fields that no type has: they may not be given twice either.
    private var unknown: Set<[UInt8]> = []
    private var key = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    private var scratch: [UInt8] = []

    /// Where values of fields go that no type has.
    private static let ignored = Field.allCases.count
    private static let unknownKept = 64

    init() {
        slots = .allocate(capacity: LineScanner.ignored + 1)
        slots.initialize(repeating: Slot(), count: LineScanner.ignored + 1)
    }

    deinit { slots.deallocate() }

    /// The value of a field of the line scanned last, or nil.
    @inline(__always)
    func value(_ field: Field) -> Slot? {
        let slot = slots[field.rawValue]
        return slot.stamp == stamp ? slot : nil
    }

    /// Reads a whole line. Its values stay valid as long as its bytes.
    mutating func scan(_ line: UnsafeBufferPointer<UInt8>) throws(LineProblem) {
        stamp += 1
        key = UnsafeBufferPointer(start: nil, count: 0)
        if !unknown.isEmpty { forgetUnknown() }
        guard let base = line.baseAddress else { throw malformed("it is empty") }
        var text = TextScanner(place: base, end: base + line.count)
        do {
            try object(&text)
        } catch {
            throw LineProblem(field: error.field ?? shownKey(), text: error.text, syntax: error.syntax)
        }
        key = UnsafeBufferPointer(start: nil, count: 0)
    }

    @inline(__always)
    private mutating func object(_ text: inout TextScanner) throws(LineProblem) {
        text.skipSpace()
        guard text.take(UInt8(ascii: "{")) else { throw malformed("it does not begin with {") }
        text.skipSpace()
        if !text.take(UInt8(ascii: "}")) {
            repeat {
                text.skipSpace()
                let slot = try field(&text)
                try text.colon()
                try value(&text, slot)
                text.skipSpace()
            } while text.take(UInt8(ascii: ","))
            guard text.take(UInt8(ascii: "}")) else {
                throw malformed(text.atEnd ? "it ends within the object" : "a comma or } is missing")
            }
        }
        text.skipSpace()
        guard text.atEnd else {
            key = UnsafeBufferPointer(start: nil, count: 0)
            throw malformed("something follows the object")
        }
    }

    /// A field's name, and where its value goes.
    @inline(__always)
    private mutating func field(_ text: inout TextScanner) throws(LineProblem) -> Int {
        guard text.take(UInt8(ascii: "\"")) else {
            key = UnsafeBufferPointer(start: nil, count: 0)
            throw malformed("a field's name in quotes is missing")
        }
        var escaped = false
        key = try text.string(escaped: &escaped)
        guard let number = escaped ? findEscaped() : table.find(key) else {
            try remember(escaped: escaped)
            return LineScanner.ignored
        }
        if slots[number].stamp == stamp { throw LineProblem(field: Field(rawValue: number)?.key, text: "given twice") }
        slots[number].stamp = stamp
        return number
    }

    private mutating func findEscaped() -> Int? {
        _ = unescape(key, into: &scratch)
        return scratch.withUnsafeBufferPointer { table.find($0) }
    }

    @inline(never)
    private mutating func remember(escaped: Bool) throws(LineProblem) {
        if escaped { _ = unescape(key, into: &scratch) } else { scratch = Array(key) }
        if !unknown.insert(scratch).inserted { throw LineProblem(text: "given twice") }
    }

    /// One line with a million fields must not slow down all those after it.
    private mutating func forgetUnknown() {
        unknown.removeAll(keepingCapacity: unknown.count <= LineScanner.unknownKept)
    }

    @inline(__always)
    private func value(_ text: inout TextScanner, _ slot: Int) throws(LineProblem) {
        guard text.place < text.end else { throw malformed("it ends where a value should be") }
        let start = text.place
        let byte = start.pointee
        if byte == UInt8(ascii: "\"") {
            text.place += 1
            slots[slot].bytes = try text.string(escaped: &slots[slot].escaped)
            slots[slot].kind = .string
        } else if byte == UInt8(ascii: "-") || byte &- 0x30 < 10 {
            try text.number(into: &slots[slot])
        } else if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
            try text.skipContainer(depth: 2)
            slots[slot].bytes = UnsafeBufferPointer(start: start, count: text.place - start)
            slots[slot].kind = byte == UInt8(ascii: "{") ? .object : .array
        } else {
            slots[slot].kind = try text.word()
            slots[slot].bytes = UnsafeBufferPointer(start: start, count: text.place - start)
        }
    }

    private func shownKey() -> String? { key.isEmpty ? nil : shown(key) }
}
