public import Documents

/// Gives a node a command of the system's own language; of Kafka, a tool and its arguments.
public struct Command: Verb {
    public static let name = "command"
    public static let about = "Gives a node a command of the system's own language; of Kafka, a tool and its arguments."
    public static let proof = "the reply is as `expect` says, or no error"
    public static let isBuilt = true

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
}
