public import Documents
public import Labs

/// Takes the power from a node: what its filesystem has not written to the disk is gone.
public struct PowerLoss: Verb {
    public static let name = "power-loss"
    public static let about = "Takes the power from a node: what its filesystem has not written to the disk is gone."
    public static let proof = "its filesystem answers EIO, its process is gone, the filesystem is mounted again"

    public var nodes: NodeSelection?

    public init(_ fields: inout Fields) throws(Diagnostic) {
        nodes = try NodeSelection(try fields.required("node", such: "node: primary"))
    }
}

extension PowerLoss: BuiltVerb {
    /// One after the other would not be a power loss: all are frozen, then all filesystems shut down, then all killed.
    public func apply(to nodes: [any Node], in scene: any Scene) throws(FaultError) {
        for node in nodes where !node.canLosePower {
            throw FaultError(.failed, "\(node.name) has no filesystem of its own that could lose power")
        }
        let ids = nodes.map { scene.ledger.begin(PowerLoss.name, node: $0.name) }
        for (node, id) in zip(nodes, ids) {
            scene.ledger.keepOpen(id, node: node.name) { scene throws(FaultError) in try recover(node, in: scene) }
        }
        for node in nodes {
            guard case .running = node.state else { continue }
            try scene.doing("freeze", node) { () throws(LabError) in try node.pause() }
        }
        for node in nodes {
            try scene.doing("cut the power of", node) { () throws(LabError) in try node.shutDownFilesystem() }
        }
        for node in nodes {
            let answer = node.probeWrite() ?? "a write that worked"
            guard answer == "EIO" else {
                throw FaultError(.failed, "\(node.name): its filesystem was shut down, and answers \(answer), not EIO")
            }
        }
        for node in nodes { try scene.doing("kill", node) { () throws(LabError) in try node.kill() } }
        for (node, id) in zip(nodes, ids) {
            try scene.doing("mount again", node) { () throws(LabError) in try node.remountFilesystem() }
            scene.ledger.effect(
                id, "its filesystem answered EIO, \(describe(node.state)), mounted again and writable")
        }
    }

    /// From wherever it stopped to a server that runs.
    private func recover(_ node: any Node, in scene: any Scene) throws(FaultError) -> String {
        if case .gone = node.state {
        } else {
            try scene.doing("kill", node) { () throws(LabError) in try node.kill() }
        }
        if node.probeWrite() == "EIO" {
            try scene.doing("mount again", node) { () throws(LabError) in try node.remountFilesystem() }
        }
        try scene.revive(node)
        return describe(node.state)
    }
}
