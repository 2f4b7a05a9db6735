import Systems

extension FaultFile {
    /// Whether the system's own nodes are as they were when the fault is healed: it is about workers and their
    /// connections only.
    public var leavesNodesAlone: Bool {
        timeline.verbs.allSatisfy { verb in
            switch verb {
            case is Heal, is StartWorker: true
            case let reset as Reset: reset.from == .clients
            default: verb.nodes?.isOfWorkers ?? false
            }
        }
    }
}

extension NodeSelection {
    /// Whether only workers can be meant. `same` and `down` repeat what another step named.
    fileprivate var isOfWorkers: Bool {
        words.allSatisfy { Self.workers.contains($0.word) || ["same", "down"].contains($0.word) }
    }
}
