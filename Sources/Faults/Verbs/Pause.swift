public import Documents

/// Stops the process by SIGSTOP: it stays, and does nothing.
public struct Pause: Verb {
    public static let name = "pause"
    public static let about = "Stops the process by SIGSTOP: it stays, and does nothing."
    public static let proof = "the process is stopped"
    public static let isBuilt = true

    public var nodes: NodeSelection?

    public init(_ fields: inout Fields) throws(Diagnostic) {
        nodes = try NodeSelection(try fields.required("node", such: "node: primary"))
    }
}
