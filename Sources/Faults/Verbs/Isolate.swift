public import Documents
public import Labs
import Systems

/// Cuts the network between a node and its peers, the clients, or both: packets vanish without a word.
public struct Isolate: Verb {
    public static let name = "isolate"
    public static let about =
        "Cuts the network between a node and its peers, the clients, or both: packets vanish without a word."
    public static let proof = "a connection across the cut gets no answer"

    public static let tools = ["iptables"]

    public var nodes: NodeSelection?
    public var from: FarSide

    public init(_ fields: inout Fields) throws(Diagnostic) {
        nodes = try NodeSelection(try fields.required("node", such: "node: primary"))
        from = try FarSide(try fields.required("from", such: "from: peers"))
    }
}

extension Isolate: BuiltFarVerb {
    public var farSide: FarSide { from }

    public func apply(to nodes: [any Node], across ends: FarEnds, in scene: any Scene) throws(FaultError) {
        var cuts: [NetworkCut] = []
        for node in nodes {
            let far = ends.beyond(node)
            guard !far.isEmpty else { throw FaultError(.failed, "isolate \(node.name): nobody is on the other side") }
            let id = scene.ledger.begin(Isolate.name, node: node.name, detail: "from " + far.names)
            cuts.append(NetworkCut(id: id, node: node, far: far, port: scene.system.port(of: node)))
        }
        for cut in cuts {
            scene.ledger.keepOpen(cut.id, node: cut.node.name) { scene throws(FaultError) in
                let others = Set(scene.ledger.open.filter { $0.id != cut.id }.map(\.action))
                return try cut.remove(
                    in: scene, whileOthersHold: others.contains(Isolate.name),
                    isSlow: !others.isDisjoint(with: [Limit.name, Drop.name, Delay.name]))
            }
            try cut.make(in: scene)
        }
        for cut in cuts { scene.ledger.effect(cut.id, try cut.prove(in: scene)) }
    }
}
