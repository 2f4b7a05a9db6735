/// How one server takes part in replication at one moment, from its own INFO.
struct RedisReplication {
    struct Follower {
        var address: String
        /// `online` once it has its copy.
        var isOnline: Bool
    }

    var isPrimary: Bool
    /// Of a replica: how much of its primary's log it has applied; of a primary: how much there is.
    var offset: Int64
    /// The history of writes that it is of: a primary and those in its wake have the same.
    var history: String?
    /// Whom a replica follows.
    var followed: String?
    var isLinkUp: Bool
    /// It is being sent a copy.
    var isSyncing: Bool
    /// It is reading its data, from the disk or from a copy.
    var isLoading: Bool
    /// Those who follow it.
    var followers: [Follower]

    /// - Parameters:
    ///   - reply: to INFO replication.
    ///   - loading: to INFO persistence.
    init?(_ reply: RedisValue, loading: RedisValue) {
        guard !reply.isError, let role = reply.info("role") else { return nil }
        isPrimary = role == "master"
        history = reply.info("master_replid").map(String.init)
        followed = reply.info("master_host").map(String.init)
        isLinkUp = reply.info("master_link_status") == "up"
        isSyncing = reply.info("master_sync_in_progress").map { $0 != "0" } ?? false
        isLoading = loading.info("loading") != "0" || loading.info("async_loading") ?? "0" != "0"
        let name = role == "master" ? "master_repl_offset" : "slave_repl_offset"
        offset = reply.info(name).flatMap { Int64($0) } ?? 0
        followers = reply.text.split(whereSeparator: \.isNewline).compactMap { Self.follower($0) }
    }

    /// `slave0:ip=198.18.0.12,port=6379,state=online,offset=14,lag=1`
    private static func follower(_ line: Substring) -> Follower? {
        guard line.hasPrefix("slave"), let colon = line.firstIndex(of: ":"),
            Int(line[..<colon].dropFirst("slave".count)) != nil
        else { return nil }
        var fields: [Substring: Substring] = [:]
        for field in line[line.index(after: colon)...].split(separator: ",") {
            guard let equals = field.firstIndex(of: "=") else { continue }
            fields[field[..<equals]] = field[field.index(after: equals)...]
        }
        guard let address = fields["ip"] else { return nil }
        return Follower(address: String(address), isOnline: fields["state"] == "online")
    }
}
