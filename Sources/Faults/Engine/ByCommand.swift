import Labs

/// Verbs on nodes that are somebody else's: done, proven and undone by the commands that their owner gave.
///
/// What is about a process alone (`kill`, `pause`, …) goes its usual way, for the node itself knows the commands; this is
/// about everything else.
struct ByCommand {
    let verb: any Verb
    let nodes: [ExternalNode]

    /// Nil where the verb is done as in any lab.
    init?(_ verb: any Verb, to targets: [any ProcessOwner]) {
        let nodes = targets.compactMap { $0 as? ExternalNode }
        guard !nodes.isEmpty, nodes.count == targets.count, !(verb is any BuiltProcessVerb), !(verb is Promote) else {
            return nil
        }
        (self.verb, self.nodes) = (verb, nodes)
    }

    private var name: String { type(of: verb).name }

    /// The other side, as commands find it in `$from`.
    private var from: String {
        switch (verb as? any BuiltFarVerb)?.farSide {
        case .peers?: "peers"
        case .clients?: "clients"
        case .everyone?: "all"
        case .nodes(let selection)?: selection.description
        case nil: ""
        }
    }

    func apply(in scene: any Scene) throws(FaultError) {
        let (name, from) = (name, from)
        for node in nodes {
            let detail = from.isEmpty ? "by command" : "from \(from), by command"
            let id = scene.ledger.begin(name, node: node.name, detail: detail)
            scene.ledger.keepOpen(id, node: node.name) { scene throws(FaultError) in
                if !node.isUp {
                    try scene.revive(node)
                    return node.seen ?? ""
                }
                var seen = ""
                try scene.doing("heal \(name)", node) { () throws(LabError) in seen = try node.undo(name, from: from) }
                return seen
            }
            var seen = ""
            try scene.doing(name, node) { () throws(LabError) in seen = try node.perform(name, from: from) }
            scene.ledger.effect(id, seen)
        }
    }
}

extension Verb {
    /// Why it cannot be done to nodes of a cluster that is somebody else's; nil if it can. What is done to workers can.
    public func lack(amongCommands verbs: Set<String>, in file: String) -> String? {
        let name = Self.name
        if self is Heal || self is StartWorker || nodes.map({ $0.worker != nil }) ?? false { return nil }
        if self is Command { return "nothing is configured in an external cluster, so there is no `command`" }
        if let restart = self as? Restart {
            if restart.data == .empty { return "data of an external cluster is never removed" }
            return nil
        }
        if self is Resume { return nil }
        return verbs.contains(name) ? nil : "\(name) needs its owner's commands: verbs.\(name) in \(file)"
    }
}
