import Labs
import Systems

/// A cut between one node and others: packets either way are dropped in the node's own network, before any other rule.
/// Of a node that is cut off from everyone, some labs can take the whole network away.
///
/// Nobody is told: that is what sets it apart from a reset. Holdfast's own questions go over the node's loopback, which
/// no rule touches.
final class NetworkCut {
    let id: Int64
    let node: any Node
    let far: FarSides
    let port: UInt16

    /// The lab took the node off its network.
    private var hasLeft = false

    init(id: Int64, node: any Node, far: FarSides, port: UInt16) {
        (self.id, self.node, self.far, self.port) = (id, node, far, port)
    }

    private var rules: MarkedRules { MarkedRules(node: node, mark: "holdfast isolate \(id)", verb: Isolate.name) }

    func make(in scene: any Scene) throws(FaultError) {
        if far.isEveryone, isAlone(scene) {
            try scene.doing("take off the network", node) { () throws(LabError) in hasLeft = try node.leaveNetwork() }
            if hasLeft { return }
        }
        try rules.insert(
            far.addresses.flatMap { [["INPUT", "-s", $0, "-j", "DROP"], ["OUTPUT", "-d", $0, "-j", "DROP"]] })
    }

    /// Nothing else was done to its network, which might hang on its interface or be across the same way.
    private func isAlone(_ scene: any Scene) -> Bool {
        let others = [Isolate.name, Limit.name, Drop.name, Delay.name, Reset.name]
        return !scene.ledger.open.contains { $0.id != id && $0.node == node.name && others.contains($0.action) }
    }

    /// Every way across the cut, from both its sides.
    private func ways(_ scene: any Scene) -> [(name: String, way: (from: (any Node)?, address: String, port: UInt16))] {
        var ways: [(name: String, way: (from: (any Node)?, address: String, port: UInt16))] = []
        for other in far.nodes {
            let port = scene.system.port(of: other)
            ways.append(("\(node.name) to \(other.name)", (node, other.address, port)))
            ways.append(("\(other.name) to \(node.name)", (other, node.address, self.port)))
        }
        if let clients = far.clients {
            // Nobody listens there, and the machine says so to whoever gets through.
            ways.append(("\(node.name) to clients", (node, clients, 9)))
            ways.append(("clients to \(node.name)", (nil, node.address, self.port)))
        }
        return ways
    }

    /// Both sides knock, and nobody answers.
    func prove(in scene: any Scene) throws(FaultError) -> String {
        let ways = ways(scene)
        let answers = Reach.answers(ways.map(\.way))
        let open = zip(ways, answers).filter { $0.1 }.map { $0.0.name }
        guard open.isEmpty else {
            throw FaultError(
                .failed,
                "isolate \(node.name): the cut does not hold: \(open.joined(separator: ", ")) still gets an answer"
            )
        }
        return "connections get no answer: " + ways.map(\.name).joined(separator: ", ")
    }

    /// Takes away the rules, and proves that both sides are heard again.
    ///
    /// - Parameters:
    ///   - othersHold: another cut is still there, which may be across the same way.
    ///   - isSlow: a limit, a delay or a loss is still there, for which answers may wait for a long time.
    func remove(in scene: any Scene, whileOthersHold othersHold: Bool, isSlow: Bool) throws(FaultError) -> String {
        if hasLeft {
            try scene.doing("put back into the network", node) { () throws(LabError) in try node.rejoinNetwork() }
            hasLeft = false
        } else {
            try rules.remove()
        }
        if othersHold { return "its rules are gone; another cut is still there" }
        let ways = ways(scene)
        var closed = ways.map(\.name)
        let came = try scene.wait(upTo: FaultLimits.healSeconds) {
            closed = zip(ways, Reach.answers(ways.map(\.way))).filter { !$0.1 }.map { $0.0.name }
            return closed.isEmpty
        }
        if !came, isSlow {
            return "its rules are gone; something else still holds up \(closed.joined(separator: ", "))"
        }
        guard came else {
            throw FaultError(
                .failed, "heal \(node.name): the rules are gone, and still no answer: \(closed.joined(separator: ", "))"
            )
        }
        return "connections are answered: " + ways.map(\.name).joined(separator: ", ")
    }
}
