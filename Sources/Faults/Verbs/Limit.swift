public import Documents
public import Labs

/// Narrows the bandwidth of what a node sends.
public struct Limit: Verb {
    public static let name = "limit"
    public static let about = "Narrows the bandwidth of what a node sends."
    public static let proof = "the counters of the queue grow while what goes there lags"

    public static let tools = ["tc"]

    public var nodes: NodeSelection?
    /// Bits a second.
    public var bitsPerSecond: Int64
    public var towards: FarSide

    public init(_ fields: inout Fields) throws(Diagnostic) {
        nodes = try NodeSelection(try fields.required("node", such: "node: primary"))
        bitsPerSecond = try fields.required("rate", such: "rate: 200kbit").bitRate()
        let towards = try fields.optional("towards")
        self.towards = if let towards { try FarSide(towards) } else { .everyone }
    }
}

extension Limit: BuiltFarVerb {
    public var farSide: FarSide { towards }

    public func apply(to nodes: [any Node], across ends: FarEnds, in scene: any Scene) throws(FaultError) {
        var queues: [NarrowLink] = []
        for node in nodes {
            let far = ends.beyond(node)
            guard !far.isEmpty else { throw FaultError(.failed, "limit \(node.name): nobody is on the other side") }
            let id = scene.ledger.begin(
                Limit.name, node: node.name, detail: "to \(bitsPerSecond) bit/s towards each of " + far.names)
            queues.append(NarrowLink(id: id, node: node, far: far, bitsPerSecond: bitsPerSecond))
        }
        for queue in queues {
            scene.ledger.keepOpen(queue.id, node: queue.node.name) { _ throws(FaultError) in try queue.remove() }
            try queue.make()
        }
        for queue in queues { scene.ledger.effect(queue.id, try queue.prove(in: scene)) }
    }
}
