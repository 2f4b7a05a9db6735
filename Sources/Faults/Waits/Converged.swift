public import Documents
public import Labs
import Systems

/// Waits until every node is up and in sync, and fail-overs are over.
public struct Converged: Wait {
    public static let name = "converged"
    public static let about = "Every node is up and in sync, and fail-overs are over."

    public var nodes: NodeSelection? { nil }

    public init(_ fields: inout Fields) throws(Diagnostic) {
    }

    init() {}
}

extension Converged: BuiltWait {
    public func isOver(for nodes: [any Node], ackedSinceLastStep: Int, in scene: any Scene) -> Bool {
        scene.system.isConverged()
    }

    /// An old primary that is back is one no more.
    public func attend(in scene: any Scene) throws(FaultError) { try scene.rejoinStrays() }
}
