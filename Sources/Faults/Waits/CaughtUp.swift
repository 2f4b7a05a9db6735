public import Documents

/// Waits until every consumer group has no backlog.
public struct CaughtUp: Wait {
    public static let name = "caught-up"
    public static let about = "Every consumer group has no backlog."

    public var nodes: NodeSelection? { nil }

    public init(_ fields: inout Fields) throws(Diagnostic) {
    }
}
