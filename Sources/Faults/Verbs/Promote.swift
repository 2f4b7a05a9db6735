public import Documents
public import Labs
import Systems

/// Makes a replica the primary, as an operator would.
public struct Promote: Verb {
    public static let name = "promote"
    public static let about = "Makes a replica the primary, as an operator would."
    public static let proof = "that node leads and took a probe write"

    public enum Choice: String, CaseIterable, Sendable {
        /// The replica that has the most of the log.
        case best
        /// The one that has the least.
        case worst
    }

    public var nodes: NodeSelection?
    /// Instead of a node.
    public var which: Choice?

    public init(_ fields: inout Fields) throws(Diagnostic) {
        let node = try fields.optional("node")
        let choice = try fields.optional("which")
        if node != nil, let choice {
            throw choice.diagnostic("stands beside node", remedy: "write node or which, not both")
        }
        which = try choice?.word(of: Choice.self)
        nodes = choice == nil ? try NodeSelection(try fields.required("node", such: "which: best")) : nil
    }
}

extension Promote: BuiltVerb {
    public func apply(to nodes: [any Node], in scene: any Scene) throws(FaultError) {
        if let which {
            let candidates = scene.system.candidates()
            guard let chosen = which == .best ? candidates.first : candidates.last else {
                throw FaultError(
                    .failed, "promote \(which.rawValue): no replica answers, can be reached and has its data")
            }
            let standing = candidates.map(\.standing).joined(separator: ", ")
            try scene.promote(chosen.node, detail: "the \(which.rawValue) of \(standing)")
        } else {
            guard let node = nodes.first, nodes.count == 1 else {
                throw FaultError(.failed, "promote: one node leads, not \(nodes.map(\.name).joined(separator: ", "))")
            }
            try scene.promote(node, detail: nil)
        }
    }
}
