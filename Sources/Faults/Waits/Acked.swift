public import Documents
public import Labs

/// Waits until so many events were acknowledged since the step before.
public struct Acked: Wait {
    public static let name = "acked"
    public static let about = "So many events were acknowledged since the step before."

    public var count: Int
    public var nodes: NodeSelection? { nil }

    public init(_ fields: inout Fields) throws(Diagnostic) {
        // `{wait: {acked: 500}}`, `{wait: acked, acked: 500}` and `{wait: "acked: 500"}` say the same.
        let wait = try fields.required("wait")
        if case .mapping(let entries) = wait.content, let entry = entries.first {
            count = try entry.value.wholeNumber(in: 1...Int.max)
        } else if wait.text.hasPrefix(Acked.prefix) {
            let number = Value(
                .scalar(String(wait.text.dropFirst(Acked.prefix.count)), plain: true), file: wait.file, line: wait.line,
                column: wait.column, path: wait.path)
            count = try number.wholeNumber(in: 1...Int.max)
        } else {
            count = try fields.required("acked", such: "acked: 500").wholeNumber(in: 1...Int.max)
        }
    }
}

extension Acked {
    private static let prefix = "acked: "

    /// Whether what stands after `wait:` is this event together with its number.
    static func writesCount(_ value: Value) -> Bool {
        if case .mapping(let entries) = value.content { return entries.count == 1 && entries[0].key.text == name }
        return value.text.hasPrefix(prefix)
    }
}

extension Acked: BuiltWait {
    public func isOver(for nodes: [any Node], ackedSinceLastStep: Int, in scene: any Scene) -> Bool {
        ackedSinceLastStep >= count
    }
}
