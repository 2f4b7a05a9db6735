public import Documents

/// Waits until a worker has events handed over and not yet confirmed.
public struct Holding: Wait {
    public static let name = "holding"
    public static let about = "A worker has events handed over and not yet confirmed."

    /// How far a bridge has come with them.
    public enum Stage: String, CaseIterable, Sendable {
        case read, produced, acked
    }

    public var nodes: NodeSelection?
    public var stage: Stage?

    public init(_ fields: inout Fields) throws(Diagnostic) {
        let node = try fields.optional("node")
        nodes = if let node { try NodeSelection(node) } else { nil }
        stage = try fields.optional("stage")?.word(of: Stage.self)
    }
}
