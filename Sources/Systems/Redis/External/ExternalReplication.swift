import Labs
import Platform

/// Whether somebody else's primary and replicas are whole, by what each says of itself. Names and addresses that they
/// have for each other may be others than those that they are reached by, so what counts is the history that they share.
struct ExternalReplication {
    private var whole = Wholeness()
    private var stands: [(time: Int64, offset: Int64)] = []
    var missing: String { whole.missing }

    /// - Parameter primary: who leads, as far as anybody knows.
    mutating func holds(_ primary: RedisServer?, _ servers: [RedisServer]) -> Bool {
        if whole.isStillNo { return false }
        guard let primary else {
            return whole.take("none of \(servers.map(\.node.name).joined(separator: ", ")) leads")
        }
        return whole.take(problem(primary, servers.filter { $0 !== primary }))
    }

    /// What stands against it; nil: nothing.
    mutating func problem(_ primary: RedisServer, _ replicas: [RedisServer]) -> String? {
        let now = MonotonicClock.now()
        for server in [primary] + replicas where !server.answers() {
            return "\(server.node.name): \(server.lastAnswer)"
        }
        let states = replicas.map { ($0, $0.replication()) }
        guard let leading = primary.replication(), leading.isPrimary else {
            return "\(primary.node.name) does not lead"
        }
        stands.removeAll { now - $0.time > SystemLimits.closeNanoseconds }
        stands.append((now, leading.offset))
        for (server, state) in states {
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
        guard online >= replicas.count else {
            return "\(primary.node.name) counts \(online) of \(replicas.count) replicas"
        }
        guard primary.probeWrite() == .status("OK") else { return "\(primary.node.name) takes no write" }
        return nil
    }
}
