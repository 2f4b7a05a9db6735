public import Documents

/// Undoes what the fault did so far: all of it, or one kind.
public struct Heal: Verb {
    public static let name = "heal"
    public static let about = "Undoes what the fault did so far: all of it, or one kind."
    public static let proof = "the effect is gone"

    public var nodes: NodeSelection?
    /// The name of the verb to undo; nil: everything.
    public var what: String?

    public init(_ fields: inout Fields) throws(Diagnostic) {
        let node = try fields.optional("node")
        nodes = if let node { try NodeSelection(node) } else { nil }
        what = try fields.optional("what")?.word(of: Verbs.all.map { $0.name }.filter { $0 != Heal.name })
    }
}
