public import Documents

/// Takes the power from a node: what its filesystem has not written to the disk is gone.
public struct PowerLoss: Verb {
    public static let name = "power-loss"
    public static let about = "Takes the power from a node: what its filesystem has not written to the disk is gone."
    public static let proof = "its filesystem answers EIO, its process is gone, the filesystem is mounted again"
    public static let isBuilt = true

    public var nodes: NodeSelection?

    public init(_ fields: inout Fields) throws(Diagnostic) {
        nodes = try NodeSelection(try fields.required("node", such: "node: primary"))
    }
}
