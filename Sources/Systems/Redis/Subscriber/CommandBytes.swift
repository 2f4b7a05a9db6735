import Glibc
import History

/// Commands, written where they are sent from: nothing is allocated for one.
extension ByteQueue {
    /// A command of so many words begins.
    mutating func command(_ words: Int) {
        append(mark: 0x2A, words)
    }

    mutating func word(_ bytes: UnsafeRawBufferPointer) {
        append(mark: 0x24, bytes.count)
        let target = room(bytes.count + 2)
        target.copyMemory(from: bytes)
        target[bytes.count] = 0x0D
        target[bytes.count + 1] = 0x0A
        commit(bytes.count + 2)
    }

    mutating func word(_ bytes: [UInt8]) { bytes.withUnsafeBytes { word($0) } }

    mutating func word(_ text: StaticString) {
        word(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    mutating func word(_ number: Int64) {
        precondition(number >= 0)
        withUnsafeTemporaryAllocation(byteCount: 20, alignment: 1) { digits in
            let count = Self.write(UInt64(number), into: digits)
            word(UnsafeRawBufferPointer(rebasing: digits[..<count]))
        }
    }

    /// `MS-SEQ`, with `(` before it where what comes behind is meant.
    mutating func word(_ position: Position, behind: Bool = false) {
        withUnsafeTemporaryAllocation(byteCount: 42, alignment: 1) { text in
            var count = 0
            if behind {
                text[0] = 0x28
                count = 1
            }
            count += Self.write(position.major, into: UnsafeMutableRawBufferPointer(rebasing: text[count...]))
            text[count] = 0x2D
            count += 1
            count += Self.write(position.minor, into: UnsafeMutableRawBufferPointer(rebasing: text[count...]))
            word(UnsafeRawBufferPointer(rebasing: text[..<count]))
        }
    }

    private mutating func append(mark: UInt8, _ number: Int) {
        let target = room(23)
        target[0] = mark
        let count = 1 + Self.write(UInt64(number), into: UnsafeMutableRawBufferPointer(rebasing: target[1...]))
        target[count] = 0x0D
        target[count + 1] = 0x0A
        commit(count + 2)
    }

    /// How many digits a number has.
    static func digits(_ number: UInt64) -> Int {
        var (rest, count) = (number / 10, 1)
        while rest > 0 { (rest, count) = (rest / 10, count + 1) }
        return count
    }

    static func write(_ number: UInt64, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        var divisor: UInt64 = 1
        while divisor <= number / 10 { divisor *= 10 }
        var count = 0
        while divisor > 0 {
            buffer[count] = UInt8(0x30 + number / divisor % 10)
            count += 1
            divisor /= 10
        }
        return count
    }
}
