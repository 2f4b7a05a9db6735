public import Documents
public import Labs
import Systems

/// Gives a node a command of the system's own language; of Kafka, a tool and its arguments.
public struct Command: Verb {
    public static let name = "command"
    public static let about = "Gives a node a command of the system's own language; of Kafka, a tool and its arguments."
    public static let proof = "the reply is as `expect` says, or no error"

    public var nodes: NodeSelection?
    public var words: [String]
    /// The reply, `*` standing for any characters; nil: any but an error.
    public var expect: String?

    public init(_ fields: inout Fields) throws(Diagnostic) {
        nodes = try NodeSelection(try fields.required("node", such: "node: primary"))
        words = try Command.words(&fields)
        expect = try fields.optional("expect")?.string()
    }
}

extension Command {
    /// The words of `run:`.
    static func words(_ fields: inout Fields) throws(Diagnostic) -> [String] {
        let run = try fields.required("run", such: "run: [CONFIG, SET, appendfsync, always]")
        var words: [String] = []
        for value in try run.list() { words.append(try value.string()) }
        guard !words.isEmpty else {
            throw run.diagnostic("has no words", remedy: "write the command and its arguments")
        }
        return words
    }

    /// Names of this trial's own for the words that stand for them: `@stream` is its first stream.
    static func named(_ words: [String], of system: any System) -> [String] {
        words.map { $0 == "@stream" ? system.streams.first ?? $0 : $0 }
    }
}

extension Command: BuiltVerb {
    public func apply(to nodes: [any Node], in scene: any Scene) throws(FaultError) {
        for node in nodes {
            let id = scene.ledger.begin(Command.name, node: node.name, detail: words.joined(separator: " "))
            let reply = try scene.asking { () throws(SystemError) in
                try scene.system.command(node, Command.named(words, of: scene.system))
            }
            if let expect, !Pattern(expect).matches(reply) {
                throw FaultError(
                    .failed, "\(words.joined(separator: " ")) on \(node.name) answered \(reply), not \(expect)")
            }
            // A page of INFO is proof enough by what it was searched for.
            let isLong = reply.count > FaultLimits.replyCharacters
            scene.ledger.effect(
                id, isLong ? "\(reply.count) characters" + (expect.map { ", \($0) among them" } ?? "") : reply)
            scene.ledger.end(id)
        }
    }
}
