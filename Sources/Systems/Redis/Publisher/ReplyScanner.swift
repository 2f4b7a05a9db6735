/// Reads RESP2 replies where they stand in the input: what a client that only writes is answered.
///
/// Nothing is copied and nothing allocated: ranges point into the bytes that were given.
struct ReplyScanner {
    enum Reply: Equatable {
        case status(Range<Int>)
        case error(Range<Int>)
        case integer(Int64)
        case bulk(Range<Int>)
        case nothing
        /// The elements follow as replies of their own.
        case array(Int)
    }

    enum Result: Equatable {
        /// Its end is still to come.
        case incomplete
        /// What came is no reply of RESP2, or longer than any that we can be given.
        case malformed
        case reply(Reply, end: Int)
    }

    /// A longer reply than this is none to a command of ours.
    static let longest = 64 * 1024

    /// The reply that begins at `start`.
    static func scan(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Result {
        if start >= bytes.count { return .incomplete }
        let type = bytes[start]
        guard "+-:$*".utf8.contains(type) else { return .malformed }
        guard let line = lineEnd(bytes, from: start + 1) else {
            return bytes.count - start > longest ? .malformed : .incomplete
        }
        let text = start + 1..<line
        let end = line + 2
        switch type {
        case 0x2B: return .reply(.status(text), end: end)
        case 0x2D: return .reply(.error(text), end: end)
        case 0x3A:
            guard let number = number(bytes, text) else { return .malformed }
            return .reply(.integer(number), end: end)
        case 0x24:
            guard let length = number(bytes, text), length >= -1, length <= longest else { return .malformed }
            if length == -1 { return .reply(.nothing, end: end) }
            let last = end + Int(length)
            if bytes.count < last + 2 { return .incomplete }
            guard bytes[last] == 0x0D, bytes[last + 1] == 0x0A else { return .malformed }
            return .reply(.bulk(end..<last), end: last + 2)
        case 0x2A:
            guard let count = number(bytes, text), count >= -1, count <= longest else { return .malformed }
            return .reply(count == -1 ? .nothing : .array(Int(count)), end: end)
        default: return .malformed
        }
    }

    /// Where the CR of the line's end is; nil if it has not come, or there is something between CR and LF.
    private static func lineEnd(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        var index = start
        while index + 1 < bytes.count {
            if bytes[index] == 0x0D && bytes[index + 1] == 0x0A { return index }
            index += 1
        }
        return nil
    }

    /// A whole number in plain digits.
    static func number(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Int64? {
        guard let first = range.first else { return nil }
        let negative = bytes[first] == 0x2D
        guard let value = digits(bytes, (negative ? first + 1 : first)..<range.upperBound) else { return nil }
        if negative { return value <= 1 << 63 ? Int64(truncatingIfNeeded: 0 &- value) : nil }
        return Int64(exactly: value)
    }

    static func digits(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> UInt64? {
        if range.isEmpty { return nil }
        var value: UInt64 = 0
        for index in range {
            let digit = bytes[index] &- 0x30
            if digit > 9 { return nil }
            let (product, over) = value.multipliedReportingOverflow(by: 10)
            let (sum, overAgain) = product.addingReportingOverflow(UInt64(digit))
            if over || overAgain { return nil }
            value = sum
        }
        return value
    }
}
