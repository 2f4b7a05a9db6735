public import Documents

/// Delays each packet that a node sends.
public struct Delay: Verb {
    public static let name = "delay"
    public static let about = "Delays each packet that a node sends."
    public static let proof = "probes take that long"

    public var nodes: NodeSelection?
    public var by: Duration
    public var towards: FarSide

    public init(_ fields: inout Fields) throws(Diagnostic) {
        nodes = try NodeSelection(try fields.required("node", such: "node: primary"))
        by = try fields.required("by", such: "by: 50ms").duration(in: .microseconds(1)...(.seconds(60)))
        let towards = try fields.optional("towards")
        self.towards = if let towards { try FarSide(towards) } else { .everyone }
    }
}
