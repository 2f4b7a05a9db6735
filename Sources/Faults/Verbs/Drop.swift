public import Documents
public import Labs

/// Loses a share of the packets that a node sends.
public struct Drop: Verb {
    public static let name = "drop"
    public static let about = "Loses a share of the packets that a node sends."
    public static let proof = "probes get lost"

    public static let tools = ["iptables"]

    public var nodes: NodeSelection?
    public var share: Share
    public var towards: FarSide

    public init(_ fields: inout Fields) throws(Diagnostic) {
        nodes = try NodeSelection(try fields.required("node", such: "node: primary"))
        let share = try fields.required("share", such: "share: 10%")
        self.share = try share.share()
        guard self.share.millionths > 0 else { throw share.diagnostic("0% drops nothing", remedy: "write more") }
        let towards = try fields.optional("towards")
        self.towards = if let towards { try FarSide(towards) } else { .everyone }
    }
}

extension Drop: BuiltFarVerb {
    public var farSide: FarSide { towards }

    public func apply(to nodes: [any Node], across ends: FarEnds, in scene: any Scene) throws(FaultError) {
        var links: [LossyLink] = []
        for node in nodes {
            let far = ends.beyond(node)
            guard !far.isEmpty else { throw FaultError(.failed, "drop \(node.name): nobody is on the other side") }
            let id = scene.ledger.begin(Drop.name, node: node.name, detail: "\(share) of what goes to " + far.names)
            links.append(LossyLink(id: id, node: node, far: far, share: share))
        }
        for link in links {
            scene.ledger.keepOpen(link.id, node: link.node.name) { scene throws(FaultError) in
                try link.remove(in: scene, whileOthersHold: scene.isNetworkTroubled(but: link.id))
            }
            try link.make()
        }
        for link in links { scene.ledger.effect(link.id, try link.prove(in: scene)) }
    }
}
