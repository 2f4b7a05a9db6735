public import Documents

/// An event that a fault's step can wait for. Each is a file under `Waits/` and a line in `Waits.all`.
public protocol Wait: Sendable {
    /// As faults say it, after `wait:`.
    static var name: String { get }
    /// What has happened when it is over.
    static var about: String { get }
    /// Whom it looks at; nil if it is about the whole system, or about what the step before named.
    var nodes: NodeSelection? { get }

    init(_ fields: inout Fields) throws(Diagnostic)
}

public enum Waits {
    public static let all: [any Wait.Type] = [
        Promoted.self, Converged.self, Answering.self, Holding.self, Unsynced.self, Acked.self, CaughtUp.self,
        CommandReply.self,
    ]

    public static func named(_ name: String) -> (any Wait.Type)? {
        all.first { $0.name == name }
    }
}
