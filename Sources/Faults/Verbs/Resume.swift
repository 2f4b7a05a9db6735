public import Documents

/// Lets a paused process go on by SIGCONT.
public struct Resume: Verb {
    public static let name = "resume"
    public static let about = "Lets a paused process go on by SIGCONT."
    public static let proof = "the process runs"
    public static let isBuilt = true

    public var nodes: NodeSelection?

    public init(_ fields: inout Fields) throws(Diagnostic) {
        nodes = try NodeSelection(try fields.required("node", such: "node: primary"))
    }
}
