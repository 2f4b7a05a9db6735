public import Documents
public import Labs

/// Stops the process by SIGSTOP: it stays, and does nothing.
public struct Pause: Verb {
    public static let name = "pause"
    public static let about = "Stops the process by SIGSTOP: it stays, and does nothing."
    public static let proof = "the process is stopped"

    public var nodes: NodeSelection?

    public init(_ fields: inout Fields) throws(Diagnostic) {
        nodes = try NodeSelection(try fields.required("node", such: "node: primary"))
    }
}

extension Pause: BuiltVerb {
    public func apply(to nodes: [any Node], in scene: any Scene) throws(FaultError) {
        let ids = nodes.map { scene.ledger.begin(Pause.name, node: $0.name) }
        for (node, id) in zip(nodes, ids) {
            scene.ledger.keepOpen(id, node: node.name) { scene throws(FaultError) in
                // A process that ended meanwhile can't be resumed; whoever ended it starts it again.
                if case .gone = node.state { return describe(node.state) }
                try scene.doing("resume", node) { () throws(LabError) in try node.resume() }
                return describe(node.state)
            }
            try scene.doing(Pause.name, node) { () throws(LabError) in try node.pause() }
            scene.ledger.effect(id, describe(node.state))
        }
    }
}
