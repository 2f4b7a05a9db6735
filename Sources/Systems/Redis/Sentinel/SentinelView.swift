/// What one sentinel knows at one moment of the primary that it watches, and of those around it.
struct SentinelView {
    static let questions = [
        ["SENTINEL", "GET-MASTER-ADDR-BY-NAME", SentinelServer.primary],
        ["SENTINEL", "MASTER", SentinelServer.primary],
        ["SENTINEL", "REPLICAS", SentinelServer.primary], ["SENTINEL", "SENTINELS", SentinelServer.primary],
    ]

    /// Where clients are sent to.
    var primary: String
    /// The number of the vote by which it came to lead: a higher one is the later one.
    var epoch: Int64
    /// `master`, and what is wrong with it: `s_down`, `o_down`, `failover_in_progress`.
    var flags: Set<Substring>
    /// Those who follow it, as far as they answer. Whether they are in sync it asks every ten seconds only; they
    /// themselves know better.
    var replicas: Set<String>
    /// Other sentinels, as far as they are well.
    var sentinels: Int

    /// - Parameter replies: to `questions`; nil if one is refused.
    init?(_ replies: [RedisValue]) {
        guard replies.count == 4, !replies.contains(where: \.isError), case .array(let pair) = replies[0],
            let host = pair.first?.text
        else { return nil }
        let state = RedisGroups.Pairs(replies[1])
        primary = host
        epoch = state.text("config-epoch").flatMap { Int64($0) } ?? 0
        flags = Self.flags(state)
        replicas = Set(
            Self.list(replies[2]).filter { Self.isWell($0, "slave") }.compactMap { $0.text("ip") })
        sentinels = Self.list(replies[3]).filter { Self.isWell($0, "sentinel") }.count
    }

    /// What a sentinel last said of an old primary (`master_down`) stays with it, and says nothing of itself.
    private static func isWell(_ state: RedisGroups.Pairs, _ role: Substring) -> Bool {
        let flags = flags(state)
        return flags.contains(role) && flags.isDisjoint(with: ["s_down", "o_down", "disconnected"])
    }

    private static func list(_ reply: RedisValue) -> [RedisGroups.Pairs] {
        guard case .array(let items) = reply else { return [] }
        return items.map(RedisGroups.Pairs.init)
    }

    private static func flags(_ state: RedisGroups.Pairs) -> Set<Substring> {
        Set((state.text("flags") ?? "").split(separator: ","))
    }
}
