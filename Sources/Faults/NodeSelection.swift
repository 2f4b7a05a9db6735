public import Documents
public import Systems

/// Whom a step is about: node words as written, resolved when the step's moment comes. Several are meant at once.
public struct NodeSelection: Hashable, Sendable, CustomStringConvertible {
    public var words: [NodeWord]

    public init(_ words: [NodeWord]) { self.words = words }

    /// `same`: what the step before resolved to.
    public static let same = NodeSelection([NodeWord("same")])

    public var refersToSame: Bool { words.contains { $0.word == "same" } }

    public var description: String { words.map(\.description).joined(separator: ", ") }

    /// Reads a node word or a list of them.
    public init(_ value: Value) throws(Diagnostic) {
        var words: [NodeWord] = []
        for item in try value.listOrOne() {
            let word = try NodeSelection.word(item)
            guard !words.contains(word) else {
                throw item.diagnostic("\(shown(word.description)) is named twice", remedy: "name it once")
            }
            words.append(word)
        }
        guard !words.isEmpty else { throw value.diagnostic("names no node", remedy: "name one, such as primary") }
        self.words = words
    }

    /// The first of its words that means a worker, if any does.
    var worker: NodeWord? { words.first { Self.workers.contains($0.word) } }

    /// Roles of which there may be several: a number says which.
    static let roles = ["primary", "replica", "sentinel", "controller", "coordinator", "broker"]
    static let workers = ["producer", "consumer", "bridge"]
    /// Words that mean what they mean, and take no number.
    static let groups = ["replicas", "sentinels", "controllers", "random", "all", "down", "same"]
    static let tiers = ["hot", "cold"]

    /// `primary`, `replica 2`, `cold primary`, `redis-1`.
    static func word(_ value: Value) throws(Diagnostic) -> NodeWord {
        guard value.isScalar, !value.isNothing else {
            throw value.diagnostic("is no node word", remedy: "write one, such as primary or replica 1")
        }
        var parts = value.text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        var tier: String?
        if parts.count > 1, tiers.contains(parts[0]) { tier = parts.removeFirst() }
        var number: Int?
        if parts.count > 1, let last = parts.last, last.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) {
            number = Int(last)
            guard let number, number > 0, number <= 10_000 else {
                throw value.diagnostic("\(shown(value.text)) has no such number", remedy: "they are numbered from 1")
            }
            parts.removeLast()
        }
        guard parts.count == 1, let word = parts.first else {
            throw value.diagnostic(
                "\(shown(value.text)) is no node word", remedy: "write one word and, if need be, its number: replica 1")
        }
        guard number == nil || !groups.contains(word) else {
            throw value.diagnostic(
                "\(shown(word)) takes no number", remedy: "a number says which one: \(numbered(word))")
        }
        guard tier == nil || !workers.contains(word) && word != "same" else {
            throw value.diagnostic("\(shown(word)) has no tier", remedy: "leave \(shown(tier ?? "")) out")
        }
        guard roles.contains(word) || workers.contains(word) || groups.contains(word) || isName(word, number) else {
            throw value.diagnostic(
                "\(shown(word)) is no node word", remedy: suggestion(for: word, among: roles + groups + workers))
        }
        return NodeWord(word, number: number, tier: tier)
    }

    private static func numbered(_ group: String) -> String {
        ["replicas", "sentinels", "controllers"].contains(group) ? "\(group.dropLast()) 1" : "replica 1"
    }

    /// Nodes' names end in a number (`redis-1`), so that a slip in a role is never taken for a name.
    private static func isName(_ word: String, _ number: Int?) -> Bool {
        guard number == nil, word.utf8.count <= 64, let last = word.utf8.last, last >= 0x30, last <= 0x39 else {
            return false
        }
        return word.utf8.allSatisfy { byte in
            (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x7A) || byte == 0x2D || byte == 0x2E
        }
    }
}

/// The other end of a cut or a slowed link.
public enum FarSide: Hashable, Sendable {
    /// Every other node of the system.
    case peers
    case clients
    /// Peers and clients.
    case everyone
    case nodes(NodeSelection)

    init(_ value: Value) throws(Diagnostic) {
        guard case .scalar(let text, _) = value.content else {
            self = .nodes(try FarSide.nodes(value))
            return
        }
        switch text {
        case "peers": self = .peers
        case "clients": self = .clients
        case "all": self = .everyone
        default: self = .nodes(try FarSide.nodes(value))
        }
    }

    private static func nodes(_ value: Value) throws(Diagnostic) -> NodeSelection {
        let selection = try NodeSelection(value)
        if let worker = selection.worker {
            throw value.diagnostic("\(shown(worker.description)) is a worker, no node", remedy: "write clients for all")
        }
        return selection
    }
}
