public import Documents
public import Labs

/// Lets a paused process go on by SIGCONT.
public struct Resume: Verb {
    public static let name = "resume"
    public static let about = "Lets a paused process go on by SIGCONT."
    public static let proof = "the process runs"

    public var nodes: NodeSelection?

    public init(_ fields: inout Fields) throws(Diagnostic) {
        nodes = try NodeSelection(try fields.required("node", such: "node: primary"))
    }
}

extension Resume: BuiltVerb {
    public func apply(to nodes: [any Node], in scene: any Scene) throws(FaultError) {
        for node in nodes {
            let id = scene.ledger.begin(Resume.name, node: node.name)
            try scene.doing(Resume.name, node) { () throws(LabError) in try node.resume() }
            scene.ledger.effect(id, describe(node.state))
            scene.ledger.end(id)
            scene.ledger.endOpen([Pause.name], node: node.name, detail: "resumed")
        }
    }
}
