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

extension Resume: BuiltProcessVerb {
    public func apply(to targets: [any ProcessOwner], in scene: any Scene) throws(FaultError) {
        for target in targets {
            let id = scene.ledger.begin(Resume.name, node: target.name)
            try scene.doing(Resume.name, target) { () throws(LabError) in try target.resume() }
            scene.ledger.effect(id, describe(target))
            scene.ledger.end(id)
            scene.ledger.endOpen([Pause.name], node: target.name, detail: "resumed")
        }
    }
}
