public import Documents
public import Labs
import Systems

/// Waits until the server answers, its data loaded.
public struct Answering: Wait {
    public static let name = "answering"
    public static let about = "The server answers, its data loaded."

    /// By default what the step before named.
    public var nodes: NodeSelection?

    public init(_ fields: inout Fields) throws(Diagnostic) {
        let node = try fields.optional("node")
        nodes = if let node { try NodeSelection(node) } else { .same }
    }
}

extension Answering: BuiltWait {
    public func isOver(for nodes: [any Node], ackedSinceLastStep: Int, in scene: any Scene) -> Bool {
        nodes.allSatisfy { scene.system.answers($0) }
    }
}
