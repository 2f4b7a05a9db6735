/// Reads a mapping field by field, and refuses what nobody asked for. So nothing that a person wrote is passed over in
/// silence, and what is known stands in one place: where it is read.
///
///     var fields = try Fields(value, of: "a configuration")
///     let name = try fields.required("name").name()
///     let trials = try fields.optional("trials")?.wholeNumber(in: 1...1000) ?? 1
///     try fields.finish()
public struct Fields: Sendable {
    /// The mapping itself: where to point when something is missing.
    public let value: Value
    /// What the mapping describes, for messages: `a configuration`.
    public var subject: String
    /// Every field that was asked for so far, in that order.
    public private(set) var known: [String] = []
    private let entries: [(key: Value, value: Value)]
    private var taken: Set<Int> = []

    public init(_ value: Value, of subject: String) throws(Diagnostic) {
        guard case .mapping(let entries) = value.content else {
            throw value.diagnostic("is \(value.form)", remedy: "\(subject) is a mapping of fields")
        }
        (self.value, self.subject, self.entries) = (value, subject, entries)
    }

    /// The names of the fields that are there, in the order of the document.
    public var names: [String] { entries.map { $0.key.text } }

    public func has(_ name: String) -> Bool { entries.contains { $0.key.text == name } }

    /// The value of a field; nil if it is not there. A field that is there without a value is refused: it is most often
    /// a slip of indentation.
    public mutating func optional(_ name: String) throws(Diagnostic) -> Value? {
        if !known.contains(name) { known.append(name) }
        guard let index = entries.firstIndex(where: { $0.key.text == name }) else { return nil }
        taken.insert(index)
        let value = entries[index].value
        guard !value.isNothing else {
            throw value.diagnostic("has no value", remedy: "give it one, or leave the field out")
        }
        return value
    }

    public mutating func required(_ name: String, such example: String = "") throws(Diagnostic) -> Value {
        if let value = try optional(name) { return value }
        // A misspelt field is reported as that, not as a missing one.
        for (index, entry) in entries.enumerated() where !taken.contains(index) {
            if nearest(to: entry.key.text, among: [name]) != nil { throw unknown(entry.key) }
        }
        var missing = value
        missing.path = value.path.isEmpty ? name : value.path + "." + name
        let remedy = example.isEmpty ? "add it" : "add it, such as \(example)"
        throw missing.diagnostic("is missing, and \(subject) needs it", remedy: remedy)
    }

    /// Refuses the first field that nobody asked for. To be called when all have been read.
    public func finish() throws(Diagnostic) {
        for (index, entry) in entries.enumerated() where !taken.contains(index) { throw unknown(entry.key) }
    }

    private func unknown(_ key: Value) -> Diagnostic {
        key.diagnostic("is no field of \(subject)", remedy: suggestion(for: key.text, among: known))
    }
}

extension Value {
    /// The text of a scalar, empty for anything else. Keys are scalars: the reader sees to that.
    public var text: String {
        if case .scalar(let text, _) = content { return text }
        return ""
    }
}
