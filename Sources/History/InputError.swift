/// Why a history was refused: which file, which line, which field, and what is wrong with it.
public struct InputError: Error, CustomStringConvertible, Sendable {
    public let file: String
    /// Counted from 1, blank lines included; nil if it is about the file as a whole.
    public let line: Int?
    public let field: String?
    public let problem: String

    public init(file: String, line: Int?, field: String?, problem: String) {
        (self.file, self.line, self.field, self.problem) = (file, line, field, problem)
    }

    /// `FILE:LINE: field: problem`
    public var description: String {
        var text = file
        if let line { text += ":\(line)" }
        text += ": "
        if let field { text += "\(field): " }
        return text + problem
    }
}

/// What is wrong with a line, before it is known which line of which file it is.
struct LineProblem: Error {
    var field: String?
    var text: String
    /// The line is no JSON object at all, as a line that was torn is.
    var syntax = false
}

/// Bytes of an input as a message may show them: short, on one line, readable.
func shown(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
    let limit = 48
    let text = String(decoding: bytes.prefix(limit), as: UTF8.self)
    let plain = String(
        text.unicodeScalars.map { $0.properties.generalCategory == .control ? "\u{FFFD}" : Character($0) })
    return bytes.count > limit ? plain + "…" : plain
}
