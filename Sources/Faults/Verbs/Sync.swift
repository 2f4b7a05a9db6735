public import Documents
public import Labs

/// Makes a node's filesystem write back what it holds in memory, as any other program that syncs there would.
public struct Sync: Verb {
    public static let name = "sync"
    public static let about = "Makes a node's filesystem write back what it holds, as another program's sync does."
    public static let proof = "the kernel says that it has"

    public var nodes: NodeSelection?

    public init(_ fields: inout Fields) throws(Diagnostic) {
        nodes = try NodeSelection(try fields.required("node", such: "node: primary"))
    }
}

extension Sync: BuiltVerb {
    public func apply(to nodes: [any Node], in scene: any Scene) throws(FaultError) {
        for node in nodes {
            let id = scene.ledger.begin(Sync.name, node: node.name, detail: "")
            try scene.doing("sync the disk of", node) { () throws(LabError) in try node.syncData() }
            scene.ledger.effect(id, "written back")
            scene.ledger.end(id)
        }
    }
}
