public import Documents
public import Labs
import Systems

/// Waits until a command on a node gives the reply that is expected.
public struct CommandReply: Wait {
    public static let name = "command"
    public static let about = "A command on a node gives the reply that is expected."

    /// By default what the step before named.
    public var nodes: NodeSelection?
    public var words: [String]
    /// The reply, `*` standing for any characters.
    public var expect: String

    public init(_ fields: inout Fields) throws(Diagnostic) {
        let node = try fields.optional("node")
        nodes = if let node { try NodeSelection(node) } else { .same }
        words = try Command.words(&fields)
        expect = try fields.required("expect", such: "expect: \"*loading:0*\"").string()
    }
}

extension CommandReply: BuiltWait {
    public func isOver(for nodes: [any Node], ackedSinceLastStep: Int, in scene: any Scene) -> Bool {
        !nodes.isEmpty
            && nodes.allSatisfy { node in
                guard let reply = try? scene.system.command(node, Command.named(words, of: scene.system)) else {
                    return false
                }
                return Pattern(expect).matches(reply)
            }
    }
}
