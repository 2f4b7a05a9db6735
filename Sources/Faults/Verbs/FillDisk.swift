public import Documents

/// Fills the filesystem of a node.
public struct FillDisk: Verb {
    public static let name = "fill-disk"
    public static let about = "Fills the filesystem of a node."
    public static let proof = "a write there gets ENOSPC"

    public var nodes: NodeSelection?
    /// Bytes that stay free.
    public var leave: Int64

    public init(_ fields: inout Fields) throws(Diagnostic) {
        nodes = try NodeSelection(try fields.required("node", such: "node: primary"))
        leave = try fields.optional("leave")?.size() ?? 0
    }
}
