public import Documents

/// Resets open connections of a node, once or several times.
public struct Reset: Verb {
    public static let name = "reset"
    public static let about = "Resets open connections of a node, once or several times."
    public static let proof = "connections were reset, counted"

    public enum Side: String, CaseIterable, Sendable {
        case clients, peers
    }

    public var nodes: NodeSelection?
    public var from: Side
    /// First drops the answers, so that what was done is never confirmed.
    public var dropsReplies: Bool
    public var times: Int
    /// From one reset to the next.
    public var every: Duration

    public init(_ fields: inout Fields) throws(Diagnostic) {
        nodes = try NodeSelection(try fields.required("node", such: "node: primary"))
        from = try fields.required("from", such: "from: clients").word(of: Side.self)
        dropsReplies = try fields.optional("replies")?.truth() ?? false
        times = try fields.optional("times")?.wholeNumber(in: 1...100_000) ?? 1
        let pause = try fields.optional("every")
        if times > 1, pause == nil { _ = try fields.required("every", such: "every: 500ms") }
        every = try pause?.duration(in: .milliseconds(1)...(.seconds(86_400))) ?? .zero
    }
}
