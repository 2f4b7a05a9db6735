public import Documents

/// Narrows the bandwidth of what a node sends.
public struct Limit: Verb {
    public static let name = "limit"
    public static let about = "Narrows the bandwidth of what a node sends."
    public static let proof = "the counters of the queue grow while what goes there lags"

    public var nodes: NodeSelection?
    /// Bits a second.
    public var bitsPerSecond: Int64
    public var towards: FarSide

    public init(_ fields: inout Fields) throws(Diagnostic) {
        nodes = try NodeSelection(try fields.required("node", such: "node: primary"))
        bitsPerSecond = try fields.required("rate", such: "rate: 200kbit").bitRate()
        let towards = try fields.optional("towards")
        self.towards = if let towards { try FarSide(towards) } else { .everyone }
    }
}
