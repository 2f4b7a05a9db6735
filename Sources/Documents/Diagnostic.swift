/// A refusal of something that a person wrote: where it stands, what is wrong, and what would be right.
public struct Diagnostic: Error, Equatable, Sendable, CustomStringConvertible {
    public var file: String
    /// From 1; 0 if it concerns the file as a whole.
    public var line: Int
    public var column: Int
    /// The dotted path of the field, such as `configurations[2].settings.appendfsync`; empty if there is none.
    public var field: String
    public var problem: String
    public var remedy: String

    public init(file: String, line: Int = 0, column: Int = 0, field: String = "", problem: String, remedy: String = "")
    {
        (self.file, self.line, self.column) = (file, line, column)
        (self.field, self.problem, self.remedy) = (field, problem, remedy)
    }

    /// `suite.yml:12:5: configurations[2].ack: …; …`
    public var description: String {
        var text = file
        if line > 0 { text += ":\(line):\(column)" }
        if !field.isEmpty { text += ": \(field)" }
        text += ": \(problem)"
        if !remedy.isEmpty { text += "; \(remedy)" }
        return text
    }
}
