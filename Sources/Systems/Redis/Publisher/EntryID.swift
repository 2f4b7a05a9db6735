import History

/// `MS-SEQ`, as servers name entries.
enum EntryID {
    static func parse(_ text: String) -> Position? {
        var text = text
        return text.withUTF8 { parse(UnsafeRawBufferPointer($0), 0..<$0.count) }
    }

    /// Nil if these bytes are no ID.
    static func parse(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Position? {
        guard let dash = range.first(where: { bytes[$0] == 0x2D }),
            let major = ReplyScanner.digits(bytes, range.lowerBound..<dash),
            let minor = ReplyScanner.digits(bytes, dash + 1..<range.upperBound)
        else { return nil }
        return Position(major, minor)
    }
}
