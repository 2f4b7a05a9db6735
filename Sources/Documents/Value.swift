/// A node of a YAML document with the place where it stands. Anchors, aliases, tags, several documents and duplicate
/// keys are refused on reading, so a value is a plain tree.
public struct Value: Sendable {
    public indirect enum Content: Sendable {
        /// `plain`: written without quotes, so it may be read as a number, a truth value or null.
        case scalar(String, plain: Bool)
        case sequence([Value])
        case mapping([(key: Value, value: Value)])
    }

    public var content: Content
    public var file: String
    public var line: Int
    public var column: Int
    /// The dotted path from the root; empty for the root itself.
    public var path: String

    public init(_ content: Content, file: String, line: Int, column: Int, path: String) {
        (self.content, self.file, self.line, self.column, self.path) = (content, file, line, column, path)
    }

    public func diagnostic(_ problem: String, remedy: String = "") -> Diagnostic {
        Diagnostic(file: file, line: line, column: column, field: path, problem: problem, remedy: remedy)
    }
}
