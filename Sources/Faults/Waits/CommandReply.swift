public import Documents

/// Waits until a command on a node gives the reply that is expected.
public struct CommandReply: Wait {
    public static let name = "command"
    public static let about = "A command on a node gives the reply that is expected."
    public static let isBuilt = true

    /// By default what the step before named.
    public var nodes: NodeSelection?
    public var words: [String]
    /// The reply, `*` standing for any characters.
    public var expect: String

    public init(_ fields: inout Fields) throws(Diagnostic) {
        let node = try fields.optional("node")
        nodes = if let node { try NodeSelection(node) } else { .same }
        words = try Command.words(&fields)
        expect = try fields.required("expect", such: "expect: \"*loading:0*\"").string()
    }
}
