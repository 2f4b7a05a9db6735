public import Documents

/// Makes a replica the primary, as an operator would.
public struct Promote: Verb {
    public static let name = "promote"
    public static let about = "Makes a replica the primary, as an operator would."
    public static let proof = "that node leads and took a probe write"

    public enum Choice: String, CaseIterable, Sendable {
        /// The replica that has the most of the log.
        case best
        /// The one that has the least.
        case worst
    }

    public var nodes: NodeSelection?
    /// Instead of a node.
    public var which: Choice?

    public init(_ fields: inout Fields) throws(Diagnostic) {
        let node = try fields.optional("node")
        let choice = try fields.optional("which")
        if node != nil, let choice {
            throw choice.diagnostic("stands beside node", remedy: "write node or which, not both")
        }
        which = try choice?.word(of: Choice.self)
        nodes = choice == nil ? try NodeSelection(try fields.required("node", such: "which: best")) : nil
    }
}
