/// What one sentinel knows at one moment of the primary that it watches, and of those around it.
struct SentinelView {
    /// - Parameter primary: what sentinels call it.
    static func questions(of primary: String) -> [[String]] {
        ["GET-MASTER-ADDR-BY-NAME", "MASTER", "REPLICAS", "SENTINELS"].map { ["SENTINEL", $0, primary] }
    }

    /// Where clients are sent to.
    var primary: ServerAddress
    /// The number of the vote by which it came to lead: a higher one is the later one.
    var epoch: Int64
    /// `master`, and what is wrong with it: `s_down`, `o_down`, `failover_in_progress`.
    var flags: Set<Substring>
    /// Those who follow it, as far as they answer. Whether they are in sync it asks every ten seconds only; they
    /// themselves know better.
    var replicas: Set<ServerAddress>
    /// Other sentinels, as far as they are well.
    var sentinels: Int

    /// - Parameter replies: to `questions`; nil if one is refused.
    init?(_ replies: [RedisValue]) {
        guard replies.count == 4, !replies.contains(where: \.isError), case .array(let pair) = replies[0],
            pair.count == 2, let host = Self.place(pair[0].text[...], pair[1].text[...])
        else { return nil }
        let state = RedisGroups.Pairs(replies[1])
        primary = host
        epoch = state.text("config-epoch").flatMap { Int64($0) } ?? 0
        flags = Self.flags(state)
        replicas = Set(
            RedisGroups.list(replies[2]).filter { Self.isWell($0, "slave") }.compactMap { state in
                state.text("ip").flatMap { Self.place($0[...], state.text("port")?[...] ?? "") }
            })
        sentinels = RedisGroups.list(replies[3]).filter { Self.isWell($0, "sentinel") }.count
    }

    /// As sentinels write an address: a host, and a port.
    static func place(_ host: Substring, _ port: Substring) -> ServerAddress? {
        UInt16(port).flatMap { ServerAddress(advertised: host, port: $0) }
    }

    /// What a sentinel last said of an old primary (`master_down`) stays with it, and says nothing of itself.
    private static func isWell(_ state: RedisGroups.Pairs, _ role: Substring) -> Bool {
        let flags = flags(state)
        return flags.contains(role) && flags.isDisjoint(with: ["s_down", "o_down", "disconnected"])
    }

    private static func flags(_ state: RedisGroups.Pairs) -> Set<Substring> {
        Set((state.text("flags") ?? "").split(separator: ","))
    }
}
