import History

/// What became of an XADD, by what came back: the one table that says so. Every verdict stands on it.
///
/// An error is matched by its first word, which is the same in all versions and forks; `ERR` alone covers too much and
/// is matched by the beginning of its text, too. Whatever is not in the table proves nothing: unknown.
enum RedisReplies {
    /// What came back, or did not.
    enum Sign: Hashable, Sendable {
        /// The ID of the new entry.
        case entry
        case nothing
        /// An error reply: its first word, and how the rest begins.
        case error(String, String = "")
        /// No reply, since the connection was lost.
        case lost(Loss)
        case anythingElse
    }

    /// How a connection comes to its end with attempts unanswered.
    enum Loss: String, CaseIterable, Sendable {
        /// Not a byte of the request had left: the connect was refused or found no way, or the connection was given up
        /// for another request's sake.
        case beforeSending = "not sent"
        case timeout = "time-out"
        case reset = "connection reset"
        case end = "connection closed"
        case nonsense = "reply not understood"
        case abandoned = "connection given up"
    }

    struct Row: Sendable {
        var sign: Sign
        var outcome: Outcome
        var why: String
        /// A single server can be made to say it: a test does.
        var single: Bool
    }

    /// The first row that matches counts.
    static let rows: [Row] =
        replies + refusalsOfState + refusalsOfRights + refusalsOfCluster + refusalsOfForm + losses + [
            Row(
                sign: .anythingElse, outcome: .unknown,
                why: "what this table does not know proves neither that it was applied nor that it was not",
                single: true)
        ]

    private static let replies = [
        Row(
            sign: .entry, outcome: .acked, why: "the entry stands in the stream under this ID", single: true),
        Row(
            sign: .nothing, outcome: .failed, why: "NOMKSTREAM, and there is no such stream: nothing was added",
            single: true),
    ]

    private static func refusal(_ word: String, _ text: String = "", why: String, single: Bool = true) -> Row {
        Row(sign: .error(word, text), outcome: .failed, why: why, single: single)
    }

    private static let refusalsOfState = [
        refusal("NOREPLICAS", why: "too few replicas keep up; checked before the command runs"),
        refusal("READONLY", why: "a replica takes no writes; checked before the command runs"),
        refusal("OOM", why: "memory is full and nothing may be evicted; checked before the command runs"),
        refusal("MISCONF", why: "the last snapshot or AOF write failed; checked before the command runs"),
        refusal("LOADING", why: "the data is still being loaded; no command but a few runs meanwhile"),
        refusal("MASTERDOWN", why: "a replica without its primary that must not serve old data; checked before"),
        refusal("BUSY", why: "someone's script is running; ours is none, and no other command runs meanwhile"),
        refusal("EXECABORT", why: "the whole transaction was thrown away before any of it ran"),
    ]

    private static let refusalsOfRights = [
        refusal("NOAUTH", why: "not logged in; checked before the command runs"),
        refusal("NOPERM", why: "the user may not do that; checked before the command runs"),
        refusal("WRONGTYPE", why: "the key holds something else, and XADD changes nothing then"),
        refusal("DENIED", why: "protected mode: the server takes no command from this address", single: false),
    ]

    private static let refusalsOfCluster = [
        refusal("MOVED", why: "another node has the slot; this one has done nothing", single: false),
        refusal("ASK", why: "another node is taking over the slot; this one has done nothing", single: false),
        refusal("TRYAGAIN", why: "keys are on their way to another node; nothing was done", single: false),
        refusal("CROSSSLOT", why: "keys of several slots in one command; refused before it runs"),
        refusal("CLUSTERDOWN", why: "the slot is not served; refused before the command runs"),
    ]

    private static let refusalsOfForm = [
        refusal("ERR", "syntax error", why: "the command could not be understood"),
        refusal("ERR", "wrong number of arguments", why: "the command could not be understood"),
        refusal("ERR", "unknown command", why: "the server has no such command"),
        refusal("ERR", "Invalid stream ID", why: "the command could not be understood"),
        refusal(
            "ERR", "The ID specified in XADD is equal or smaller",
            why: "an entry with this or a later ID is there already; ours was not added"),
        refusal("ERR", "The ID specified in XADD must be greater than 0-0", why: "there can be no such entry"),
        refusal("ERR", "The stream has exhausted the last possible ID", why: "no ID is left; nothing was added"),
        refusal("ERR", "Protocol error", why: "the server gave up reading before it had a whole command"),
        refusal("ERR", "max number of clients reached", why: "the server never took the connection"),
    ]

    private static func loss(_ loss: Loss, _ outcome: Outcome, _ why: String) -> Row {
        Row(sign: .lost(loss), outcome: outcome, why: why, single: true)
    }

    private static let losses = [
        loss(.beforeSending, .failed, "not a byte of the request had left this process"),
        loss(.timeout, .unknown, "the server may still come to it, or has applied it and could not say so"),
        loss(.reset, .unknown, "applied or not, the answer is lost"),
        loss(.end, .unknown, "applied or not, the answer is lost"),
        loss(.nonsense, .unknown, "answers can no longer be told apart, so this one's cannot be found"),
        loss(.abandoned, .unknown, "the request had been sent, and its answer is not awaited any more"),
    ]

    static func outcome(of loss: Loss) -> Outcome { lossOutcomes[loss] ?? .unknown }

    private static let lossOutcomes: [Loss: Outcome] = Dictionary(
        rows.compactMap { row in
            if case .lost(let loss) = row.sign { return (loss, row.outcome) }
            return nil
        }, uniquingKeysWith: { first, _ in first })

    /// The errors of the table as bytes, which is how they come.
    private static let errors: [(word: [UInt8], text: [UInt8], row: Row)] = rows.compactMap { row in
        if case .error(let word, let text) = row.sign { return (Array(word.utf8), Array(text.utf8), row) }
        return nil
    }

    /// The row of an error reply, given without its `-`.
    static func row(ofError error: UnsafeRawBufferPointer) -> Row {
        let word = error.prefix { $0 != 0x20 }
        let rest = error.dropFirst(word.count + 1)
        return errors.first { word.elementsEqual($0.word) && rest.starts(with: $0.text) }?.row ?? rows[rows.count - 1]
    }
}
