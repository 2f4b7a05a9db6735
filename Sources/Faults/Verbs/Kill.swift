public import Documents

/// Ends the process by SIGKILL, which it can neither see nor refuse.
public struct Kill: Verb {
    public static let name = "kill"
    public static let about = "Ends the process by SIGKILL, which it can neither see nor refuse."
    public static let proof = "the process is gone"
    public static let isBuilt = true

    public var nodes: NodeSelection?

    public init(_ fields: inout Fields) throws(Diagnostic) {
        nodes = try NodeSelection(try fields.required("node", such: "node: primary"))
    }
}
