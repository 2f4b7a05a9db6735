public import Documents
public import Labs

/// Damages a file of a node whose process is not running.
public struct Damage: Verb {
    public static let name = "damage"
    public static let about = "Damages a file of a node whose process is not running."
    public static let proof = "the file's digest differs"

    public enum Change: Hashable, Sendable {
        /// Takes bytes off the end.
        case cut(bytes: Int)
        /// Inverts bytes, at this share of the file's length.
        case flip(bytes: Int, place: Share)
    }

    public var nodes: NodeSelection?
    /// A pattern over the names of the files anywhere in the node's data, `*` standing for any characters; with a slash,
    /// over their paths from there. Of several, the one that was written last is meant.
    public var file: String
    public var change: Change

    public init(_ fields: inout Fields) throws(Diagnostic) {
        nodes = try NodeSelection(try fields.required("node", such: "node: primary"))
        file = try fields.required("file", such: "file: \"*.incr.aof\"").name()
        let cut = try fields.optional("cut")
        let flip = try fields.optional("flip")
        let place = try fields.optional("place")
        if cut != nil, let flip { throw flip.diagnostic("stands beside cut", remedy: "write cut or flip, not both") }
        if flip == nil, let place { throw place.diagnostic("is for flip alone", remedy: "leave it out") }
        if let flip {
            let bytes = try flip.wholeNumber(in: 1...1 << 30)
            change = .flip(bytes: bytes, place: try place?.share() ?? .percent(50))
        } else {
            change = .cut(bytes: try fields.required("cut", such: "cut: 70").wholeNumber(in: 1...1 << 40))
        }
    }
}

extension Damage: BuiltVerb {
    /// Nothing undoes it: whoever starts the server again sees what it makes of it.
    public func apply(to nodes: [any Node], in scene: any Scene) throws(FaultError) {
        for node in nodes where node.isUp {
            throw FaultError(
                .failed, "damage \(node.name): \(describe(node.state)), and would write over it; end it before")
        }
        for node in nodes {
            let id = scene.ledger.begin(Damage.name, node: node.name, detail: "\(file)")
            scene.ledger.effect(id, try DamagedFile(matching: file, in: node.dataDirectory).apply(change))
            scene.ledger.end(id, "stays damaged")
        }
    }
}
