/// Where a node of a cluster sends a command that it did not run.
struct Redirect {
    enum Kind {
        /// Another node has the slot.
        case moved
        /// Another node is taking the slot over and has the key by now; for this one command, `ASKING` before it.
        case ask
        /// Keys are on their way: the same again in a moment.
        case later
    }

    var kind: Kind
    var slot: Int
    /// Nil if the node names none.
    var address: ServerAddress?

    /// Nil for any other error, given without its `-`: `MOVED 3999 198.18.0.12:6379`.
    init?(error: UnsafeRawBufferPointer) {
        let kinds: [(StaticString, Kind)] = [("MOVED ", .moved), ("ASK ", .ask), ("TRYAGAIN ", .later)]
        let found = kinds.first { word, _ in
            error.starts(with: UnsafeRawBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
        }
        guard let found else { return nil }
        kind = found.1
        let words = String(decoding: error.prefix(200), as: UTF8.self).split(separator: " ")
        slot = words.count > 1 ? Int(words[1]) ?? -1 : -1
        address = words.count > 2 ? ServerAddress(advertised: words[2]) : nil
    }
}
