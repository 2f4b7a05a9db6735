import CYAML

/// Reads what people write: one YAML document as a plain tree, each value with its place.
///
/// libyaml does the scanning. Refused besides what it refuses: anchors, aliases and tags (a document means what it
/// shows), more than one document, a key given twice, keys that are no texts, bad UTF-8, and what is beyond
/// `DocumentLimits`.
public enum YAML {
    /// - Parameter file: as messages are to name it.
    public static func read(_ bytes: [UInt8], file: String) throws(Diagnostic) -> Value {
        guard bytes.count <= DocumentLimits.bytes else {
            throw Diagnostic(
                file: file, problem: "has more than \(DocumentLimits.bytes) bytes",
                remedy: "suites and faults are small files; is this the right one?")
        }
        // A byte order mark is allowed, and counts as no column.
        let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        if let offset = firstBadUTF8(content) {
            let place = place(of: offset, in: content)
            throw Diagnostic(
                file: file, line: place.line, column: place.column, problem: "is not UTF-8 here",
                remedy: "save the file as UTF-8")
        }
        let events = try EventReader(content, file: file)
        return try TreeReader.read(events)
    }

    public static func read(_ text: String, file: String) throws(Diagnostic) -> Value {
        try read(Array(text.utf8), file: file)
    }

    /// The offset of the first byte that does not continue valid UTF-8.
    static func firstBadUTF8(_ bytes: [UInt8]) -> Int? {
        var decoder = Unicode.UTF8.ForwardParser()
        var source = bytes.makeIterator()
        var offset = 0
        while true {
            switch decoder.parseScalar(from: &source) {
            case .valid(let scalar): offset += scalar.count
            case .emptyInput: return nil
            case .error: return offset
            }
        }
    }

    /// Line and column, from 1, of a byte; columns are characters, as libyaml counts them.
    static func place(of offset: Int, in bytes: [UInt8]) -> (line: Int, column: Int) {
        var (line, column) = (1, 1)
        for byte in bytes.prefix(offset) {
            if byte == 0x0A {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        return (line, column)
    }
}
