public import Documents

/// Makes each fsync of a node take longer.
public struct SlowFsync: Verb {
    public static let name = "slow-fsync"
    public static let about = "Makes each fsync of a node take longer."
    public static let proof = "an fsync there took that long"

    public var nodes: NodeSelection?
    public var by: Duration

    public init(_ fields: inout Fields) throws(Diagnostic) {
        nodes = try NodeSelection(try fields.required("node", such: "node: primary"))
        by = try fields.required("by", such: "by: 900ms").duration(in: .milliseconds(1)...(.seconds(600)))
    }
}
