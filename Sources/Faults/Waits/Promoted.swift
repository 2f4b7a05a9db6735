public import Documents
public import Labs
import Systems

/// Waits until another node leads and took a probe write.
public struct Promoted: Wait {
    public static let name = "promoted"
    public static let about = "Another node leads and took a probe write."

    public var nodes: NodeSelection? { nil }

    public init(_ fields: inout Fields) throws(Diagnostic) {
    }
}

extension Promoted: BuiltWait {
    public func isOver(for nodes: [any Node], ackedSinceLastStep: Int, in scene: any Scene) -> Bool {
        guard let leader = scene.system.leader else { return false }
        return leader.name != scene.ledger.leaderBefore && scene.system.answers(leader)
    }

    /// Where nobody fails over but an operator, Holdfast is that operator.
    public func attend(in scene: any Scene) throws(FaultError) {
        guard scene.system.failover == .byOperator, scene.system.leader?.name == scene.ledger.leaderBefore else {
            return
        }
        let candidates = scene.system.candidates()
        guard let best = candidates.first else { return }
        try scene.promote(best.node, detail: "the best of \(candidates.map(\.standing).joined(separator: ", "))")
    }
}
