public import Documents
public import Labs

/// Makes each fsync of a node take longer.
public struct SlowFsync: PreloadedVerb {
    public static let name = "slow-fsync"
    public static let about = "Makes each fsync of a node take longer."
    public static let proof = "an fsync there took that long"

    public var nodes: NodeSelection?
    public var by: Duration

    public init(_ fields: inout Fields) throws(Diagnostic) {
        nodes = try NodeSelection(try fields.required("node", such: "node: primary"))
        by = try fields.required("by", such: "by: 900ms").duration(in: .milliseconds(1)...(.seconds(600)))
    }
}

extension SlowFsync: BuiltVerb {
    public func apply(to nodes: [any Node], in scene: any Scene) throws(FaultError) {
        let brakes = nodes.map { node in
            FsyncBrake(
                id: scene.ledger.begin(SlowFsync.name, node: node.name, detail: "by \(by.written)"), node: node,
                delay: by)
        }
        var before: [Preload.Notes] = []
        for brake in brakes {
            scene.ledger.keepOpen(brake.id, node: brake.node.name) { scene throws(FaultError) in
                try brake.release(in: scene)
            }
            before.append(try brake.pull(in: scene))
        }
        for (brake, notes) in zip(brakes, before) {
            scene.ledger.effect(brake.id, try brake.prove(after: notes, in: scene))
        }
    }
}
