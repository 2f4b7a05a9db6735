public import Labs

/// A verb that is done to nodes. Each verb is of one of the three kinds here; healing is the engine's own.
public protocol BuiltVerb: Verb {
    /// Does it to all nodes at the same moment and returns when its effect is proven on each. Every node's action is
    /// begun in the ledger before, its effect recorded after it was seen, and what lasts is kept open with its healing.
    func apply(to nodes: [any Node], in scene: any Scene) throws(FaultError)
}

/// A verb that is about processes alone: those of nodes, and of Holdfast's own workers.
public protocol BuiltProcessVerb: Verb {
    /// As `BuiltVerb.apply`.
    func apply(to targets: [any ProcessOwner], in scene: any Scene) throws(FaultError)
}

/// A verb that is about what lies between its nodes and others.
public protocol BuiltFarVerb: Verb {
    var farSide: FarSide { get }
    /// As `BuiltVerb.apply`; `ends` are what its far side means at this moment.
    func apply(to nodes: [any Node], across ends: FarEnds, in scene: any Scene) throws(FaultError)
}

/// An event that can be waited for.
public protocol BuiltWait: Wait {
    /// Whether it has come; asked every few milliseconds, so it must not block.
    func isOver(for nodes: [any Node], ackedSinceLastStep: Int, in scene: any Scene) -> Bool
    /// What an operator does while everyone waits; called at once, and again a few times a second.
    func attend(in scene: any Scene) throws(FaultError)
}

/// An event at a worker, which is held in it until the step that follows has struck.
public protocol BuiltWorkerWait: Wait {
    /// Whether it has come; the worker is stopped meanwhile, so that it stays so.
    func hasCome(at worker: any Worker, in scene: any Scene) -> Bool
}

extension BuiltWait {
    public func attend(in scene: any Scene) throws(FaultError) {}
}
