public import Documents
public import Labs
import Systems

/// Moves a part of the slots of a cluster's shard to another shard, while clients use them.
public struct MoveSlots: Verb {
    public static let name = "move-slots"
    public static let about = "Moves a part of the slots of a cluster's shard to another shard, while clients use them."
    public static let proof = "every node says that the slots are the other's"

    public enum How: String, CaseIterable, Sendable {
        /// Each slot is open on both sides until its keys have been moved.
        case keys
        /// By the servers' own atomic way, where they have one.
        case atomic
    }

    /// Who leads the shard that gives.
    public var nodes: NodeSelection?
    public var share: Share
    /// Who leads the shard that takes; nil: the next one.
    public var to: NodeSelection?
    public var how: How

    public init(_ fields: inout Fields) throws(Diagnostic) {
        nodes = try NodeSelection(try fields.required("node", such: "node: primary"))
        let share = try fields.required("share", such: "share: 10%")
        self.share = try share.share()
        guard self.share.millionths > 0 else { throw share.diagnostic("0% moves nothing", remedy: "write more") }
        to = try fields.optional("to").map { value throws(Diagnostic) in try NodeSelection(value) }
        how = try fields.optional("how")?.word(of: How.self) ?? .keys
    }
}

extension MoveSlots: BuiltVerb {
    public func apply(to nodes: [any Node], in scene: any Scene) throws(FaultError) {
        guard let node = nodes.first, nodes.count == 1 else {
            throw FaultError(.failed, "move-slots: one shard gives, not \(nodes.map(\.name).joined(separator: ", "))")
        }
        var other: (any Node)?
        if let word = to?.words.first {
            other = try scene.asking { () throws(SystemError) in try scene.system.resolve(word) }.first
        }
        let id = scene.ledger.begin(MoveSlots.name, node: node.name, detail: "\(share) of its slots")
        let seen = try scene.asking { () throws(SystemError) in
            try scene.system.moveSlots(
                part: share.millionths, from: node, to: other, atomically: how == .atomic, patience: scene.patience)
        }
        scene.ledger.effect(id, seen)
        scene.ledger.end(id)
    }
}
