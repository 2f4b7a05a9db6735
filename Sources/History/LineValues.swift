/// What the values of a scanned line mean. Each says which field is wrong, and what would be right.
extension LineScanner {
    @inline(__always)
    func required(_ field: Field) throws(LineProblem) -> Slot {
        guard let slot = value(field) else { throw LineProblem(field: field.key, text: "missing") }
        if slot.kind == .null { throw LineProblem(field: field.key, text: "null is not allowed here") }
        return slot
    }

    /// Nil if it is absent or null.
    @inline(__always)
    func optional(_ field: Field) -> Slot? {
        guard let slot = value(field), slot.kind != .null else { return nil }
        return slot
    }

    @inline(__always)
    func whole(_ field: Field, from least: Int64 = 0, to most: Int64 = .max) throws(LineProblem) -> Int64 {
        try wholeNumber(required(field), field.key, from: least, to: most)
    }

    @inline(__always)
    func crc() throws(LineProblem) -> UInt32 { UInt32(try whole(.crc, to: Int64(UInt32.max))) }

    @inline(__always)
    func optionalWhole(_ field: Field, to most: Int64 = .max) throws(LineProblem) -> Int64? {
        guard let slot = optional(field) else { return nil }
        return try wholeNumber(slot, field.key, from: 0, to: most)
    }

    func flag(_ field: Field) throws(LineProblem) -> Bool {
        guard let slot = optional(field) else { return false }
        return try truth(slot, field.key)
    }

    func text(_ field: Field) throws(LineProblem) -> String { try textValue(required(field), field.key) }

    func optionalText(_ field: Field) throws(LineProblem) -> String? {
        guard let slot = optional(field) else { return nil }
        return try textValue(slot, field.key)
    }

    /// The place of the field's word among `words`.
    @inline(__always)
    func word(_ field: Field, _ words: StaticString...) throws(LineProblem) -> Int {
        let slot = try required(field)
        guard slot.kind == .string else { throw wrongKind(slot, field.key, "a word") }
        for (index, word) in words.enumerated() where same(slot, word) { return index }
        let known = words.map { "\($0)" }.joined(separator: ", ")
        throw LineProblem(field: field.key, text: "\(shown(slot.bytes)) is not known; known: \(known)")
    }

    @inline(__always)
    func position(_ field: Field) throws(LineProblem) -> (Position, Position.Form) {
        try positionValue(required(field), field.key)
    }
}

@inline(__always)
func wholeNumber(
    _ slot: Slot, _ field: @autoclosure () -> String, from least: Int64, to most: Int64
) throws(LineProblem) -> Int64 {
    guard slot.kind == .number else { throw wrongKind(slot, field(), "a whole number") }
    guard slot.plain else {
        throw LineProblem(field: field(), text: "\(shown(slot.bytes)) is not a whole number in plain digits")
    }
    if !slot.large {
        if !slot.negative, slot.magnitude <= UInt64(most) {
            let value = Int64(slot.magnitude)
            if value >= least { return value }
        } else if slot.negative, slot.magnitude <= 1 << 63 {
            let value = Int64(truncatingIfNeeded: 0 &- slot.magnitude)
            if value >= least, value <= most { return value }
        }
    }
    throw LineProblem(field: field(), text: "\(shown(slot.bytes)) is out of range: \(least) to \(most)")
}

func truth(_ slot: Slot, _ field: String) throws(LineProblem) -> Bool {
    switch slot.kind {
    case .yes: return true
    case .no: return false
    default: throw wrongKind(slot, field, "true or false")
    }
}

/// The text of a string, its escapes undone.
func textValue(_ slot: Slot, _ field: String) throws(LineProblem) -> String {
    guard slot.kind == .string else { throw wrongKind(slot, field, "a string") }
    if !slot.escaped { return String(decoding: slot.bytes, as: UTF8.self) }
    return String(decoding: try unescaped(slot, field), as: UTF8.self)
}

@inline(never)
func unescaped(_ slot: Slot, _ field: String) throws(LineProblem) -> [UInt8] {
    var bytes: [UInt8] = []
    guard unescape(slot.bytes, into: &bytes) else {
        throw LineProblem(field: field, text: "half of a surrogate pair, which has no UTF-8")
    }
    return bytes
}

@inline(__always)
func same(_ slot: Slot, _ word: StaticString) -> Bool {
    if slot.escaped {
        var bytes: [UInt8] = []
        return unescape(slot.bytes, into: &bytes) && bytes.withUnsafeBufferPointer { same($0, word) }
    }
    return same(slot.bytes, word)
}

@inline(__always)
private func same(_ bytes: UnsafeBufferPointer<UInt8>, _ word: StaticString) -> Bool {
    guard bytes.count == word.utf8CodeUnitCount else { return false }
    for index in 0..<bytes.count where bytes[index] != word.utf8Start[index] { return false }
    return true
}

func wrongKind(_ slot: Slot, _ field: String, _ needed: String) -> LineProblem {
    let found =
        switch slot.kind {
        case .string: "a string"
        case .number: "a number"
        case .yes, .no: "true or false"
        case .null: "null"
        case .object: "an object"
        case .array: "an array"
        }
    return LineProblem(field: field, text: "\(needed) is needed, not \(found)")
}

/// A whole number is an offset, a string `MS-SEQ` an entry ID.
@inline(__always)
func positionValue(_ slot: Slot, _ field: @autoclosure () -> String) throws(LineProblem) -> (Position, Position.Form) {
    switch slot.kind {
    case .number:
        return (Position(UInt64(try wholeNumber(slot, field(), from: 0, to: .max))), .offset)
    case .string:
        let found = slot.escaped ? unescapedEntry(slot) : entry(slot.bytes)
        if let found { return (found, .entry) }
        throw LineProblem(
            field: field(),
            text: "\(shown(slot.bytes)) is no position MS-SEQ: two whole numbers to 2^64-1 without leading zeros")
    default:
        throw wrongKind(slot, field(), "a whole number or a string MS-SEQ")
    }
}

private func unescapedEntry(_ slot: Slot) -> Position? {
    var bytes: [UInt8] = []
    guard unescape(slot.bytes, into: &bytes) else { return nil }
    return bytes.withUnsafeBufferPointer { entry($0) }
}

@inline(__always)
private func entry(_ bytes: UnsafeBufferPointer<UInt8>) -> Position? {
    var index = 0
    guard let major = half(bytes, &index), index < bytes.count, bytes[index] == UInt8(ascii: "-") else { return nil }
    index += 1
    guard let minor = half(bytes, &index), index == bytes.count else { return nil }
    return Position(major, minor)
}

@inline(__always)
private func half(_ bytes: UnsafeBufferPointer<UInt8>, _ index: inout Int) -> UInt64? {
    let start = index
    var value: UInt64 = 0
    while index < bytes.count, bytes[index] &- 0x30 < 10 {
        let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
        let (sum, carry) = tens.addingReportingOverflow(UInt64(bytes[index] &- 0x30))
        if overflow || carry { return nil }
        value = sum
        index += 1
    }
    let count = index - start
    return count > 0 && (count == 1 || bytes[start] != UInt8(ascii: "0")) ? value : nil
}
