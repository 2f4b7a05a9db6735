public import Documents
import Systems

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
        let stage = try fields.optional("stage")
        self.stage = try stage?.word(of: Stage.self)
        if let stage, nodes?.words.contains(where: { $0.word == "bridge" }) != true {
            throw stage.diagnostic("only a bridge has stages", remedy: "write node: bridge, or leave stage out")
        }
    }
}

extension Holding: BuiltWorkerWait {
    public func hasCome(at worker: any Worker, in scene: any Scene) -> Bool {
        scene.holding(of: worker, stage: stage) > 0
    }
}
