/// Bytes as clients under audit write them into a line: RFC 4648, with its padding, and nothing else.
enum Base64 {
    /// Nil: it is none.
    static func decode(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        guard text.count % 4 == 0 else { return nil }
        if text.isEmpty { return [] }
        let padding = text[text.count - 1] != pad ? 0 : text[text.count - 2] != pad ? 1 : 2
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3)
        for start in stride(from: 0, to: text.count, by: 4) {
            let letters = start + 4 == text.count ? 4 - padding : 4
            var word: UInt32 = 0
            for place in 0..<4 {
                let six = place < letters ? value(of: text[start + place]) : 0
                guard let six else { return nil }
                word = word << 6 | six
            }
            // What is cut off must be nothing: else two texts would mean the same bytes.
            guard word & (1 << UInt32(8 * (4 - letters)) - 1) == 0 else { return nil }
            bytes.append(UInt8(word >> 16))
            if letters > 2 { bytes.append(UInt8(word >> 8 & 0xFF)) }
            if letters > 3 { bytes.append(UInt8(word & 0xFF)) }
        }
        return bytes
    }

    private static let pad = UInt8(ascii: "=")

    private static func value(of letter: UInt8) -> UInt32? {
        switch letter {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(letter - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(letter - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(letter - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
