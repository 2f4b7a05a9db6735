import Labs

/// What the far side of a cut or a slowed link means at one moment.
public struct FarEnds {
    var nodes: [any Node]
    /// The clients' address, if they are meant.
    var clients: String?
    /// Whoever there is: the whole network may be taken away as well.
    var isEveryone = false

    /// As one node sees it: all of them but itself.
    func beyond(_ node: any Node) -> FarSides {
        FarSides(nodes: nodes.filter { $0 !== node }, clients: clients, isEveryone: isEveryone)
    }
}

/// The far side as one node sees it.
struct FarSides {
    var nodes: [any Node]
    var clients: String?
    var isEveryone = false

    var isEmpty: Bool { nodes.isEmpty && clients == nil }
    var addresses: [String] { nodes.map(\.address) + (clients.map { [$0] } ?? []) }
    var names: String { (nodes.map(\.name) + (clients == nil ? [] : ["clients"])).joined(separator: ", ") }
}
