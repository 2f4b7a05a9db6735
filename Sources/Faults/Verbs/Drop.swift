public import Documents

/// Loses a share of the packets that a node sends.
public struct Drop: Verb {
    public static let name = "drop"
    public static let about = "Loses a share of the packets that a node sends."
    public static let proof = "probes get lost"

    public var nodes: NodeSelection?
    public var share: Share
    public var towards: FarSide

    public init(_ fields: inout Fields) throws(Diagnostic) {
        nodes = try NodeSelection(try fields.required("node", such: "node: primary"))
        let share = try fields.required("share", such: "share: 10%")
        self.share = try share.share()
        guard self.share.millionths > 0 else { throw share.diagnostic("0% drops nothing", remedy: "write more") }
        let towards = try fields.optional("towards")
        self.towards = if let towards { try FarSide(towards) } else { .everyone }
    }
}
