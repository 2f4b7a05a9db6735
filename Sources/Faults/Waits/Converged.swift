public import Documents

/// Waits until every node is up and in sync, and fail-overs are over.
public struct Converged: Wait {
    public static let name = "converged"
    public static let about = "Every node is up and in sync, and fail-overs are over."
    public static let isBuilt = true

    public var nodes: NodeSelection? { nil }

    public init(_ fields: inout Fields) throws(Diagnostic) {
    }
}
