/// Text being put together for a file: bytes, numbers and JSON strings at the end of a growing buffer.
struct TextBuffer: ~Copyable {
    private var base: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    private(set) var count = 0

    init(capacity: Int) {
        self.capacity = capacity
        base = .allocate(capacity: capacity)
    }

    deinit { base.deallocate() }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

    mutating func clear() { count = 0 }

    @inline(__always)
    private mutating func room(_ more: Int) {
        if capacity - count < more { grow(more) }
    }

    @inline(never)
    private mutating func grow(_ more: Int) {
        var larger = capacity
        while larger - count < more { larger *= 2 }
        let next = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
        next.update(from: base, count: count)
        base.deallocate()
        (base, capacity) = (next, larger)
    }

    @inline(__always)
    mutating func append(_ text: StaticString) {
        let length = text.utf8CodeUnitCount
        room(length)
        (base + count).update(from: text.utf8Start, count: length)
        count += length
    }

    mutating func append(_ bytes: [UInt8]) {
        room(bytes.count)
        bytes.withUnsafeBufferPointer { part in
            if let start = part.baseAddress { (base + count).update(from: start, count: part.count) }
        }
        count += bytes.count
    }

    @inline(__always)
    mutating func append(_ value: UInt64) {
        room(20)
        var rest = value
        var digits = 1
        var bound = value
        while bound >= 10 {
            bound /= 10
            digits += 1
        }
        var place = base + count + digits
        for _ in 0..<digits {
            place -= 1
            let (quotient, remainder) = rest.quotientAndRemainder(dividingBy: 10)
            place.pointee = 0x30 + UInt8(truncatingIfNeeded: remainder)
            rest = quotient
        }
        count += digits
    }

    @inline(__always)
    mutating func append(_ value: Int64) {
        if value < 0 { append("-") }
        append(value.magnitude)
    }

    /// A JSON string with its quotes.
    mutating func append(quoted text: String) {
        append("\"")
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): append("\\\"")
            case UInt8(ascii: "\\"): append("\\\\")
            case 0x0A: append("\\n")
            case 0x0D: append("\\r")
            case 0x09: append("\\t")
            case 0..<0x20:
                append("\\u00")
                let digits = Array("0123456789abcdef".utf8)
                append([digits[Int(byte >> 4)], digits[Int(byte & 15)]])
            default: append([byte])
            }
        }
        append("\"")
    }

    mutating func append(quotedOrNull text: String?) {
        if let text { append(quoted: text) } else { append("null") }
    }

    mutating func append(_ position: Position, _ form: Position.Form) {
        switch form {
        case .offset: append(position.major)
        case .entry:
            append("\"")
            append(position.major)
            append("-")
            append(position.minor)
            append("\"")
        }
    }
}
