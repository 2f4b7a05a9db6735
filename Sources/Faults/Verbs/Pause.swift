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

extension Pause: BuiltProcessVerb {
    public func apply(to targets: [any ProcessOwner], in scene: any Scene) throws(FaultError) {
        let ids = targets.map { scene.ledger.begin(Pause.name, node: $0.name) }
        for (target, id) in zip(targets, ids) {
            scene.ledger.keepOpen(id, node: target.name) { scene throws(FaultError) in
                // A process that ended meanwhile can't be resumed; whoever ended it starts it again.
                if case .gone = target.state { return describe(target.state) }
                try scene.doing("resume", target) { () throws(LabError) in try target.resume() }
                return describe(target)
            }
            try scene.doing(Pause.name, target) { () throws(LabError) in try target.pause() }
            scene.ledger.effect(id, describe(target))
        }
    }
}
