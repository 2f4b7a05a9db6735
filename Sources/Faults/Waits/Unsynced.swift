public import Documents
public import Labs
import Systems

/// Waits until the node is out of sync: its link down, or out of the in-sync set.
public struct Unsynced: Wait {
    public static let name = "unsynced"
    public static let about = "The node is out of sync: its link down, or out of the in-sync set."

    /// By default what the step before named.
    public var nodes: NodeSelection?

    public init(_ fields: inout Fields) throws(Diagnostic) {
        let node = try fields.optional("node")
        nodes = if let node { try NodeSelection(node) } else { .same }
    }
}

extension Unsynced: BuiltWait {
    public func isOver(for nodes: [any Node], ackedSinceLastStep: Int, in scene: any Scene) -> Bool {
        !nodes.isEmpty && nodes.allSatisfy { scene.system.isOutOfSync($0) }
    }
}
