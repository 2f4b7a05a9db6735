/// What one node of a cluster knows of all of them: its answer to CLUSTER NODES.
struct ClusterNodes {
    struct Member {
        var id: Substring
        /// Without the port.
        var host: Substring
        var port: UInt16
        /// Where it is reached, as far as anybody knows.
        var place: ServerAddress?
        var flags: Set<Substring>
        /// Whom a replica follows.
        var primary: Substring?
        /// The number of the vote, or of the move, by which it has its slots: a higher one is the later one.
        var epoch: Int64
        var isLinked: Bool
        var slots: [ClosedRange<Int>]

        var isPrimary: Bool { flags.contains("master") }
        var isWell: Bool { flags.isDisjoint(with: ["fail", "fail?", "handshake", "noaddr"]) }
    }

    let members: [Member]

    /// Nil if one of the lines is none.
    init?(_ text: String) {
        var members: [Member] = []
        for line in text.split(whereSeparator: \.isNewline) {
            guard let member = Self.member(line) else { return nil }
            members.append(member)
        }
        self.members = members
    }

    /// `ID HOST:PORT@BUS[,NAME] FLAGS PRIMARY PING PONG EPOCH LINK SLOTS…`
    private static func member(_ line: Substring) -> Member? {
        let words = line.split(separator: " ")
        guard words.count >= 8, let epoch = Int64(words[6]) else { return nil }
        let names = words[1].split(separator: ",", omittingEmptySubsequences: false)
        let address = names[0].prefix { $0 != "@" }
        guard let colon = address.lastIndex(of: ":"), let port = UInt16(address[address.index(after: colon)...]) else {
            return nil
        }
        let host = address[..<colon]
        // A name of its own counts where the address says nothing to those who are outside.
        let places = ([host] + names.dropFirst().prefix(1)).map { ServerAddress(advertised: $0, port: port) }
        let place = places.first { $0?.isOurs == true } ?? places[0]
        return Member(
            id: words[0], host: host, port: port, place: place, flags: Set(words[2].split(separator: ",")),
            primary: words[3] == "-" ? nil : words[3], epoch: epoch, isLinked: words[7] == "connected",
            slots: words.dropFirst(8).compactMap { range($0) })
    }

    /// `17`, `0-5460`; nil for a slot that is on its way, `[93->-ID]`.
    private static func range(_ word: Substring) -> ClosedRange<Int>? {
        let ends = word.split(separator: "-")
        guard let first = ends.first.flatMap({ Int($0) }), let last = ends.last.flatMap({ Int($0) }), ends.count <= 2,
            first <= last
        else { return nil }
        return first...last
    }

    /// The node itself.
    var own: Member? { members.first { $0.flags.contains("myself") } }

    /// Who has a slot by this node's word.
    func owner(of slot: Int) -> Member? {
        members.first { $0.isPrimary && $0.slots.contains { $0.contains(slot) } }
    }
}
