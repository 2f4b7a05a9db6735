/// JSON's smallest parts over raw bytes: space, strings, numbers, words, and whole values that are only passed over.
///
/// It goes by RFC 8259 and by nothing else. Escapes are checked here and undone by whoever needs the text.
struct TextScanner {
    var place: UnsafePointer<UInt8>
    var end: UnsafePointer<UInt8>

    /// The line's own object is the first level.
    static let deepest = 64

    @inline(__always)
    var atEnd: Bool { place == end }

    @inline(__always)
    mutating func skipSpace() {
        while place < end {
            let byte = place.pointee
            if byte > 0x20 || !(byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A) { return }
            place += 1
        }
    }

    /// Passes over `byte`, or says false.
    @inline(__always)
    mutating func take(_ byte: UInt8) -> Bool {
        guard place < end, place.pointee == byte else { return false }
        place += 1
        return true
    }

    /// Behind the opening quote; ends behind the closing one. Says where the text lies and whether it has escapes.
    @inline(__always)
    mutating func string(escaped: inout Bool) throws(LineProblem) -> UnsafeBufferPointer<UInt8> {
        let start = place
        escaped = false
        while true {
            place = firstSpecial(place, end)
            guard place < end else { throw malformed("a string is not closed") }
            let byte = place.pointee
            if byte == UInt8(ascii: "\"") {
                let text = UnsafeBufferPointer(start: start, count: place - start)
                place += 1
                return text
            }
            if byte == UInt8(ascii: "\\") {
                escaped = true
                try skipEscape()
            } else if byte < 0x20 {
                throw malformed("a control character in a string; it must be escaped")
            } else {
                try skipSequence()
            }
        }
    }

    private mutating func skipEscape() throws(LineProblem) {
        guard end - place >= 2 else { throw malformed("a string is not closed") }
        switch place[1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            place += 2
        case UInt8(ascii: "u"):
            guard end - place >= 6, hexadecimal(place + 2) != nil else {
                throw malformed("an escape \\u without four hexadecimal digits")
            }
            place += 6
        default:
            throw malformed("an escape that JSON does not know")
        }
    }

    /// One character of two to four bytes, by table 3-7 of the Unicode standard.
    private mutating func skipSequence() throws(LineProblem) {
        let first = place.pointee
        let length: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch first {
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: length = 3
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: length = 4
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: throw malformed("bytes that are not UTF-8")
        }
        guard end - place >= length, second.contains(place[1]),
            length < 3 || place[2] & 0xC0 == 0x80, length < 4 || place[3] & 0xC0 == 0x80
        else { throw malformed("bytes that are not UTF-8") }
        place += length
    }

    /// A number, put into `slot` with its value if it is written in plain digits.
    @inline(__always)
    mutating func number(into slot: inout Slot) throws(LineProblem) {
        let start = place
        let negative = take(UInt8(ascii: "-"))
        let digits = place
        var value: UInt64 = 0
        while place < end, place.pointee &- 0x30 < 10 {
            value = value &* 10 &+ UInt64(place.pointee &- 0x30)
            place += 1
        }
        let count = place - digits
        guard count > 0 else { throw malformed("a number without digits") }
        guard count == 1 || digits.pointee != UInt8(ascii: "0") else {
            throw malformed("a number with a leading zero")
        }
        slot.plain = try !skipFractionAndExponent()
        slot.kind = .number
        slot.negative = negative
        // Nineteen digits always fit; no field takes more.
        slot.large = count > 19
        slot.magnitude = value
        slot.bytes = UnsafeBufferPointer(start: start, count: place - start)
    }

    /// True if there was one.
    @inline(__always)
    private mutating func skipFractionAndExponent() throws(LineProblem) -> Bool {
        guard place < end else { return false }
        let byte = place.pointee
        guard byte == UInt8(ascii: ".") || byte | 0x20 == UInt8(ascii: "e") else { return false }
        if take(UInt8(ascii: ".")) { try skipDigits() }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "-")) { _ = take(UInt8(ascii: "+")) }
            try skipDigits()
        }
        return true
    }

    private mutating func skipDigits() throws(LineProblem) {
        let start = place
        while place < end, place.pointee &- 0x30 < 10 { place += 1 }
        if place == start { throw malformed("a number without digits") }
    }

    /// `true`, `false` or `null`.
    mutating func word() throws(LineProblem) -> Slot.Kind {
        if take("true") { return .yes }
        if take("false") { return .no }
        if take("null") { return .null }
        throw malformed(atEnd ? "the line ends where a value should be" : "something that is no JSON value")
    }

    private mutating func take(_ word: StaticString) -> Bool {
        let length = word.utf8CodeUnitCount
        guard end - place >= length else { return false }
        for index in 0..<length where place[index] != word.utf8Start[index] { return false }
        place += length
        return true
    }

    /// Passes over an array or object whose own level is `depth`, without recursion.
    mutating func skipContainer(depth outer: Int) throws(LineProblem) {
        var depth = outer - 1
        // One bit a level: an object, or an array.
        var objects: UInt64 = 0
        while true {
            let byte = atEnd ? 0 : place.pointee
            if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
                depth += 1
                guard depth <= TextScanner.deepest else {
                    throw LineProblem(text: "nested deeper than \(TextScanner.deepest) levels")
                }
                let object = byte == UInt8(ascii: "{")
                objects = objects << 1 | (object ? 1 : 0)
                place += 1
                skipSpace()
                if !take(object ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
                    if object { try skipKey() }
                    continue
                }
                objects >>= 1
                depth -= 1
            } else {
                try skipScalar()
            }
            if try skipToNext(&depth, &objects, outer) { return }
        }
    }

    /// Behind a value: closes what ends here, and stands at the next value. True if all is closed.
    private mutating func skipToNext(
        _ depth: inout Int, _ objects: inout UInt64, _ outer: Int
    ) throws(LineProblem) -> Bool {
        while depth >= outer {
            skipSpace()
            let object = objects & 1 == 1
            if take(UInt8(ascii: ",")) {
                skipSpace()
                if object { try skipKey() }
                return false
            }
            guard take(object ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
                throw malformed("an \(object ? "object" : "array") is not closed")
            }
            objects >>= 1
            depth -= 1
        }
        return true
    }

    private mutating func skipKey() throws(LineProblem) {
        guard take(UInt8(ascii: "\"")) else { throw malformed("a field's name in quotes is missing") }
        var escaped = false
        _ = try string(escaped: &escaped)
        try colon()
    }

    mutating func colon() throws(LineProblem) {
        skipSpace()
        guard take(UInt8(ascii: ":")) else { throw malformed("a colon is missing after a field's name") }
        skipSpace()
    }

    private mutating func skipScalar() throws(LineProblem) {
        guard place < end else { throw malformed("the line ends where a value should be") }
        let byte = place.pointee
        if take(UInt8(ascii: "\"")) {
            var escaped = false
            _ = try string(escaped: &escaped)
        } else if byte == UInt8(ascii: "-") || byte &- 0x30 < 10 {
            var slot = Slot()
            try number(into: &slot)
        } else {
            _ = try word()
        }
    }
}

/// That a line is no JSON, and why.
func malformed(_ why: String) -> LineProblem {
    LineProblem(text: "the line is no single JSON object: \(why)", syntax: true)
}

/// The first byte that is no plain ASCII character of a string: a quote, a backslash, a control character, or one of
/// a longer character.
@inline(__always)
private func firstSpecial(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> UnsafePointer<UInt8> {
    var place = start
    let ones: UInt64 = 0x0101_0101_0101_0101
    let tops: UInt64 = 0x8080_8080_8080_8080
    while end - place >= 8 {
        let word = UnsafeRawPointer(place).loadUnaligned(as: UInt64.self)
        let quote = word ^ (ones &* 0x22)
        let slash = word ^ (ones &* 0x5C)
        let quotes = (quote &- ones) & ~quote
        let slashes = (slash &- ones) & ~slash
        let controls = (word &- ones &* 0x20) & ~word
        let found = (quotes | slashes | controls | word) & tops
        if found != 0 { return place + found.trailingZeroBitCount / 8 }
        place += 8
    }
    while place < end {
        let byte = place.pointee
        if byte < 0x20 || byte >= 0x80 || byte == 0x22 || byte == 0x5C { return place }
        place += 1
    }
    return place
}

/// Four hexadecimal digits as a number.
func hexadecimal(_ digits: UnsafePointer<UInt8>) -> UInt16? {
    var value: UInt16 = 0
    for index in 0..<4 {
        let byte = digits[index]
        let digit: UInt8
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
        default: return nil
        }
        value = value << 4 | UInt16(digit)
    }
    return value
}
