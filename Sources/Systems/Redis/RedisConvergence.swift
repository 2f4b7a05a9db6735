import Labs
import Platform

/// Whether a primary and its replicas are whole: each up, its link up, nobody copying or loading, and every replica as
/// far as the primary was a moment ago. Under load a replica is never where the primary is now.
struct RedisConvergence {
    /// Where the primary stood, and when.
    private var stands: [(time: Int64, offset: Int64)] = []
    private var whole = Wholeness()
    var missing: String { whole.missing }

    mutating func holds(primary: RedisServer, replicas: [RedisServer]) -> Bool {
        if whole.isStillNo { return false }
        return whole.take(look(primary, replicas, MonotonicClock.now()))
    }

    private mutating func look(_ primary: RedisServer, _ replicas: [RedisServer], _ now: Int64) -> String? {
        guard let state = primary.replication() else { return "\(primary.node.name) does not answer" }
        guard state.isPrimary, !state.isLoading else { return "\(primary.node.name) does not lead" }
        stands.removeAll { now - $0.time > SystemLimits.closeNanoseconds }
        stands.append((now, state.offset))
        let close = stands[0].offset
        for replica in replicas {
            let name = replica.node.name
            guard let own = replica.replication() else { return "\(name) does not answer" }
            guard !own.isPrimary, own.followed == primary.node.address else {
                return "\(name) does not follow \(primary.node.name)"
            }
            guard own.isLinkUp, !own.isSyncing, !own.isLoading else { return "\(name) has no copy yet" }
            guard own.offset >= close else { return "\(name) is at \(own.offset) of \(close)" }
            guard state.followers.contains(where: { $0.address == replica.node.address && $0.isOnline }) else {
                return "\(primary.node.name) does not count \(name) among its replicas"
            }
        }
        // Last: it wants enough replicas to be there, where the configuration says so.
        guard primary.probeWrite() == .status("OK") else { return "\(primary.node.name) takes no write" }
        return nil
    }
}
