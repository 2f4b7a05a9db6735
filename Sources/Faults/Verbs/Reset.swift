public import Documents
public import Labs

/// Resets open connections of a node, once or several times.
public struct Reset: Verb {
    public static let name = "reset"
    public static let about = "Resets open connections of a node, once or several times."
    public static let proof = "connections were reset, counted"

    public static let tools = ["iptables"]

    public enum Side: String, CaseIterable, Sendable {
        case clients, peers
    }

    public var nodes: NodeSelection?
    public var from: Side
    /// First drops the answers, so that what was done is never confirmed.
    public var dropsReplies: Bool
    public var times: Int
    /// From one reset to the next.
    public var every: Duration

    public init(_ fields: inout Fields) throws(Diagnostic) {
        nodes = try NodeSelection(try fields.required("node", such: "node: primary"))
        from = try fields.required("from", such: "from: clients").word(of: Side.self)
        dropsReplies = try fields.optional("replies")?.truth() ?? false
        times = try fields.optional("times")?.wholeNumber(in: 1...100_000) ?? 1
        let pause = try fields.optional("every")
        if times > 1, pause == nil { _ = try fields.required("every", such: "every: 500ms") }
        every = try pause?.duration(in: .milliseconds(1)...(.seconds(86_400))) ?? .zero
    }
}

extension Reset: BuiltFarVerb {
    public var farSide: FarSide {
        switch from {
        case .clients: .clients
        case .peers: .peers
        }
    }

    /// Each round of each node is an action of its own, with what was counted in it.
    public func apply(to nodes: [any Node], across ends: FarEnds, in scene: any Scene) throws(FaultError) {
        for round in 1...times {
            let next = scene.now + every.nanoseconds
            try reset(nodes, across: ends, in: scene, note: times > 1 ? ", round \(round) of \(times)" : "")
            if round < times { try pause(until: next, in: scene) }
        }
    }

    private func reset(
        _ nodes: [any Node], across ends: FarEnds, in scene: any Scene, note: String
    ) throws(FaultError) {
        var rounds: [(id: Int64, reset: ConnectionReset)] = []
        for node in nodes {
            let far = ends.beyond(node)
            guard !far.isEmpty else { throw FaultError(.failed, "reset \(node.name): nobody is on the other side") }
            let what = dropsReplies ? "answers to and connections with " : "connections with "
            let id = scene.ledger.begin(Reset.name, node: node.name, detail: what + far.names + note)
            let reset = ConnectionReset(id: id, node: node, far: far, dropsReplies: dropsReplies, in: scene)
            scene.ledger.keepOpen(id, node: node.name) { _ throws(FaultError) in try reset.remove() }
            rounds.append((id, reset))
        }
        // Who was thrown out a moment ago may not be back yet.
        for round in rounds {
            let came = try scene.wait(upTo: FaultLimits.connectionSeconds) { round.reset.hasConnections }
            guard came else {
                throw FaultError(
                    .failed,
                    "reset: nobody is connected to be reset within \(Int(FaultLimits.connectionSeconds)) s\(note)")
            }
        }
        if dropsReplies {
            for round in rounds { try round.reset.dropReplies() }
            try pause(until: scene.now + FaultLimits.muteNanoseconds, in: scene)
        }
        for round in rounds { try round.reset.resetWhatComes() }
        try pause(until: scene.now + FaultLimits.resetNanoseconds, in: scene)
        for round in rounds {
            scene.ledger.effect(round.id, try round.reset.finish())
            scene.ledger.end(round.id, "its rules are gone")
        }
    }

    private func pause(until moment: Int64, in scene: any Scene) throws(FaultError) {
        _ = try scene.wait(upTo: Double(moment - scene.now) / 1e9 + 1, until: { scene.now >= moment })
    }
}
