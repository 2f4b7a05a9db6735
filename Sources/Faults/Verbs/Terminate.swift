public import Documents

/// Asks the process to end by SIGTERM, as an orderly stop does.
public struct Terminate: Verb {
    public static let name = "terminate"
    public static let about = "Asks the process to end by SIGTERM, as an orderly stop does."
    public static let proof = "the process has ended"
    public static let isBuilt = true

    public var nodes: NodeSelection?

    public init(_ fields: inout Fields) throws(Diagnostic) {
        nodes = try NodeSelection(try fields.required("node", such: "node: primary"))
    }
}
