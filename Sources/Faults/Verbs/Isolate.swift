public import Documents

/// Cuts the network between a node and its peers, the clients, or both: packets vanish without a word.
public struct Isolate: Verb {
    public static let name = "isolate"
    public static let about =
        "Cuts the network between a node and its peers, the clients, or both: packets vanish without a word."
    public static let proof = "a connection across the cut gets no answer"

    public var nodes: NodeSelection?
    public var from: FarSide

    public init(_ fields: inout Fields) throws(Diagnostic) {
        nodes = try NodeSelection(try fields.required("node", such: "node: primary"))
        from = try FarSide(try fields.required("from", such: "from: peers"))
    }
}
