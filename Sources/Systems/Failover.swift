public import Labs

/// Who makes another node lead when the one that led is gone.
public enum Failover: Sendable {
    /// Nobody: there is no other.
    case none
    /// Nobody but an operator; a fault that waits for it is served by Holdfast.
    case byOperator
    /// The system.
    case byItself
}

/// A node that could be made to lead.
public struct Candidate {
    public var node: any Node
    /// How far it has come, for the record: `offset 1234`.
    public var standing: String

    public init(node: any Node, standing: String) { (self.node, self.standing) = (node, standing) }
}

extension System {
    public func collectLogs() {}
    /// What Holdfast made goes with its lab.
    public func leave() -> [String] { [] }
}

/// A system in which nobody takes over: no other node leads, and none has to be brought back.
extension System {
    public var failover: Failover { .none }
    public var leader: (any Node)? { nil }
    public func candidates() -> [Candidate] { [] }
    public func promote(_ node: any Node, patience: any Patience) throws(SystemError) -> String {
        throw SystemError(.notApplicable, "\(node.name) cannot be promoted: this system has no replicas")
    }
    public func strays() -> [any Node] { [] }
    public func rejoin(_ node: any Node) throws(SystemError) -> String {
        throw SystemError(.notApplicable, "\(node.name) has nobody to follow")
    }
    public func isOutOfSync(_ node: any Node) -> Bool { !answers(node) }
}
