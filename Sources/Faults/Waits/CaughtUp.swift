public import Documents
public import Labs

/// Waits until every consumer group has no backlog.
public struct CaughtUp: Wait {
    public static let name = "caught-up"
    public static let about = "Every consumer group has no backlog."

    public var nodes: NodeSelection? { nil }

    public init(_ fields: inout Fields) throws(Diagnostic) {
    }
}

extension CaughtUp: BuiltWait {
    public func isOver(for nodes: [any Node], ackedSinceLastStep: Int, in scene: any Scene) -> Bool {
        scene.areGroupsCaughtUp
    }
}
