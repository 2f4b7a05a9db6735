import Labs
import Platform

/// Whether somebody else's primary and replicas are whole, by what each says of itself. Names and addresses that they
/// have for each other may be others than those that they are reached by, so what counts is the history that they share.
struct ExternalReplication {
    private let replicas: Int
    private var lastNo: Int64?
    private var stands: [(time: Int64, offset: Int64)] = []
    private(set) var missing = "nothing was asked"

    init(replicas: Int) { self.replicas = replicas }

    mutating func holds(_ servers: [RedisServer]) -> Bool {
        let now = MonotonicClock.now()
        if let lastNo, now - lastNo < SystemLimits.convergenceNanoseconds { return false }
        guard let problem = look(servers, now) else {
            (lastNo, missing) = (nil, "nothing")
            return true
        }
        (lastNo, missing) = (MonotonicClock.now(), problem)
        return false
    }

    private mutating func look(_ servers: [RedisServer], _ now: Int64) -> String? {
        for server in servers where !server.answers() { return "\(server.node.name): \(server.lastAnswer)" }
        let states = servers.map { ($0, $0.replication()) }
        guard let primary = ExternalRedis.leading(servers), let leading = primary.replication() else {
            return "none of \(servers.map(\.node.name).joined(separator: ", ")) leads"
        }
        stands.removeAll { now - $0.time > SystemLimits.closeNanoseconds }
        stands.append((now, leading.offset))
        for (server, state) in states where server !== primary {
            guard let state, !state.isPrimary, state.isLinkUp, !state.isSyncing, !state.isLoading else {
                return "\(server.node.name) is no replica in sync"
            }
            guard state.history == leading.history else {
                return "\(server.node.name) follows another primary than \(primary.node.name)"
            }
            guard state.offset >= stands[0].offset else {
                return "\(server.node.name) is at \(state.offset) of \(stands[0].offset)"
            }
        }
        let online = leading.followers.count(where: \.isOnline)
        guard online >= replicas else { return "\(primary.node.name) counts \(online) of \(replicas) replicas" }
        guard primary.probeWrite() == .status("OK") else { return "\(primary.node.name) takes no write" }
        return nil
    }
}
