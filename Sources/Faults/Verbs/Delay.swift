public import Documents
public import Labs

/// Delays each packet that a node sends.
public struct Delay: Verb {
    public static let name = "delay"
    public static let about = "Delays each packet that a node sends."
    public static let proof = "probes take that long"

    public static let tools = ["tc"]

    /// Not every kernel can hold packets back.
    public static func need(in lab: any LabKind) -> Probe? { Doctor.probe(.netem) }

    public var nodes: NodeSelection?
    public var by: Duration
    public var towards: FarSide

    public init(_ fields: inout Fields) throws(Diagnostic) {
        nodes = try NodeSelection(try fields.required("node", such: "node: primary"))
        by = try fields.required("by", such: "by: 50ms").duration(in: .microseconds(1)...(.seconds(60)))
        let towards = try fields.optional("towards")
        self.towards = if let towards { try FarSide(towards) } else { .everyone }
    }
}

extension Delay: BuiltFarVerb {
    public var farSide: FarSide { towards }

    public func apply(to nodes: [any Node], across ends: FarEnds, in scene: any Scene) throws(FaultError) {
        var links: [(link: DelayedLink, before: [Int64])] = []
        for node in nodes {
            let far = ends.beyond(node)
            guard !far.isEmpty else { throw FaultError(.failed, "delay \(node.name): nobody is on the other side") }
            let id = scene.ledger.begin(
                Delay.name, node: node.name, detail: "by \(by.written) what goes to " + far.names)
            let link = DelayedLink(id: id, node: node, far: far, delay: by)
            links.append((link, try link.measure()))
        }
        for (link, _) in links {
            scene.ledger.keepOpen(link.id, node: link.node.name) { scene throws(FaultError) in
                try link.remove(in: scene, whileOthersHold: scene.isNetworkTroubled(but: link.id))
            }
            try link.make()
        }
        for (link, before) in links { scene.ledger.effect(link.id, try link.prove(after: before)) }
    }
}
