/// What counts as acknowledged: `reply`, `wait N [MS]`, `waitaof L R [MS]`.
enum Acknowledgement: Equatable, Sendable {
    /// The server's answer to XADD.
    case reply
    /// So many replicas have it in memory within so many milliseconds.
    case wait(replicas: Int, milliseconds: Int)
    /// It is fsynced locally (0 or 1) and on so many replicas within so many milliseconds.
    case waitAOF(local: Int, replicas: Int, milliseconds: Int)

    /// Nil for a text that is none of the three.
    init?(_ text: String) {
        let words = text.split(separator: " ").map { $0.lowercased() }
        let numbers = words.dropFirst().map { UInt32($0).map(Int.init) }
        if numbers.contains(nil) { return nil }
        let values = numbers.compactMap { $0 }
        switch (words.first, values.count) {
        case ("reply", 0): self = .reply
        case ("wait", 1): self = .wait(replicas: values[0], milliseconds: 1000)
        case ("wait", 2): self = .wait(replicas: values[0], milliseconds: values[1])
        case ("waitaof", 2): self = .waitAOF(local: values[0], replicas: values[1], milliseconds: 8000)
        case ("waitaof", 3): self = .waitAOF(local: values[0], replicas: values[1], milliseconds: values[2])
        default: return nil
        }
    }

    /// How long the server itself may wait before it answers.
    var milliseconds: Int {
        switch self {
        case .reply: 0
        case .wait(_, let milliseconds), .waitAOF(_, _, let milliseconds): milliseconds
        }
    }

    /// What is sent behind each XADD.
    var command: [UInt8] {
        let words: [String]
        switch self {
        case .reply: return []
        case .wait(let replicas, let milliseconds): words = ["WAIT", "\(replicas)", "\(milliseconds)"]
        case .waitAOF(let local, let replicas, let milliseconds):
            words = ["WAITAOF", "\(local)", "\(replicas)", "\(milliseconds)"]
        }
        let text = "*\(words.count)\r\n" + words.map { "$\($0.utf8.count)\r\n\($0)\r\n" }.joined()
        return Array(text.utf8)
    }
}
