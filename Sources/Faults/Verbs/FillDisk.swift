public import Documents
public import Labs

/// Fills the filesystem of a node.
public struct FillDisk: Verb {
    public static let name = "fill-disk"
    public static let about = "Fills the filesystem of a node."
    public static let proof = "a write there gets ENOSPC"

    public var nodes: NodeSelection?
    /// Bytes that stay free.
    public var leave: Int64

    public init(_ fields: inout Fields) throws(Diagnostic) {
        nodes = try NodeSelection(try fields.required("node", such: "node: primary"))
        leave = try fields.optional("leave")?.size() ?? 0
    }
}

extension FillDisk: BuiltVerb {
    public func apply(to nodes: [any Node], in scene: any Scene) throws(FaultError) {
        for node in nodes where !node.canLosePower {
            throw FaultError(.failed, "\(node.name) has no filesystem of its own that could be filled")
        }
        let ids = nodes.map { scene.ledger.begin(FillDisk.name, node: $0.name, detail: "leaves \(leave) bytes") }
        for (node, id) in zip(nodes, ids) {
            let ran = node.isUp
            scene.ledger.keepOpen(id, node: node.name) { scene throws(FaultError) in
                try scene.doing("free the disk of", node) { () throws(LabError) in try node.freeDisk() }
                let proof = "a write there works again"
                guard ran, !node.isUp, !scene.isDown(node, but: id) else { return proof }
                // A server without room may end itself; nobody else brings it back.
                let end = describe(node.state)
                try scene.revive(node)
                return "\(proof); the server had ended itself (\(end)) and was started again"
            }
            try scene.doing("fill the disk of", node) { () throws(LabError) in try node.fillDisk(leaving: leave) }
            scene.ledger.effect(id, "a write there gets ENOSPC")
        }
    }
}

extension Scene {
    /// Another action that lasts took it down: whoever ends that one starts it again.
    fileprivate func isDown(_ node: any Node, but id: Int64) -> Bool {
        ledger.open.contains { $0.id != id && $0.node == node.name && downing.contains($0.action) }
    }
}
