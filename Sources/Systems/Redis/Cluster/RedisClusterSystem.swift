import History
import Labs
import Platform
import Workers
import Workload

/// A cluster in a lab, for one trial. Who leads a shard is the cluster's own affair.
///
/// `primary` is that of the shard that holds most when a fault first names it, and of that shard from then on;
/// `primary 2` that of the second shard.
final class RedisClusterSystem: RedisSystem {
    let servers: RedisServers
    private(set) var shards: ClusterShards?
    private var convergences: [RedisConvergence] = []
    private var missing = "nothing was asked"
    private var lastNo: Int64?
    /// The shard that `primary` means.
    private var watched: Int?

    init(_ settings: RedisSettings, _ trial: TrialSetting) {
        servers = RedisServers(.cluster, settings, trial)
    }

    func started() throws(SystemError) -> ClusterShards {
        guard let shards else { throw servers.notStarted }
        return shards
    }

    // MARK: Starting

    func start(in lab: any Lab, patience: any Patience) throws(SystemError) {
        let settings = servers.settings
        let binary = try RedisBinary.find(settings.server, in: lab.kind)
        for number in 0..<settings.shards * (1 + settings.replicas) {
            _ = try servers.add(in: lab, binary: binary, isReplica: number >= settings.shards)
        }
        for server in servers.all { try server.launch() }
        for server in servers.all { try servers.awaitFirstAnswer(of: server, patience) }
        for server in servers.all { try server.verifyConfiguration() }
        try ClusterMaking(servers: servers.all, shards: settings.shards, replicas: settings.replicas).run(patience)
        let shards = ClusterShards(servers.all, shards: settings.shards)
        self.shards = shards
        guard try patience.wait(upTo: SystemLimits.syncSeconds, until: { isConverged() }) else {
            throw SystemError(
                .deadline,
                "the cluster is not whole \(Int(SystemLimits.syncSeconds)) s after its start: \(missing); see the logs in "
                    + servers.trial.logDirectory)
        }
        for part in parts(shards) where !part.streams.isEmpty {
            try servers.groups(of: part.streams.map { streams[$0] }).make(on: part.server)
        }
        for shard in 0..<settings.shards {
            try RedisServers.proveReplication(from: shards.primary(of: shard), to: settings.replicas)
        }
        for server in servers.all {
            do { try server.node.syncData() } catch { throw SystemError(.lab, "\(server.node.name): \(error)") }
        }
    }

    func launch(_ node: any Node) throws(SystemError) {
        convergences = []
        try servers.server(of: node).launch()
    }

    // MARK: Clients

    /// Any node says where every slot is.
    func clientOrders() -> ClientOrders {
        var settings = servers.settings.client
        settings["cluster"] = "yes"
        return ClientOrders(
            client: "redis", addresses: servers.all.map(\.address), streams: streams, ack: servers.settings.ack,
            settings: settings)
    }

    var failover: Failover { .byItself }

    // MARK: Shards and their nodes

    /// Streams by the server that has them, in the order of the shards.
    func parts(_ shards: ClusterShards) -> [(server: RedisServer, streams: [Int])] {
        var parts: [(server: RedisServer, streams: [Int])] = (0..<shards.shards).map { (shards.primary(of: $0), []) }
        for (stream, name) in streams.enumerated() {
            let owner = shards.owner(of: ClusterSlots.slot(of: name))
            let place = parts.firstIndex { $0.server === owner } ?? 0
            parts[place].streams.append(stream)
        }
        return parts
    }

    /// Each by its number and its primary, which a fault may make another's.
    var parts: [(name: String, streams: [Int])] {
        guard let shards else { return [] }
        return parts(shards).enumerated().map { ("shard \($0 + 1) (\($1.server.node.name))", $1.streams) }
    }

    /// The shard that holds most entries, the first of those that hold about as many.
    private func busiest(_ shards: ClusterShards) -> Int {
        let counts = parts(shards).map { part -> Int64 in
            let replies = part.server.ask(part.streams.map { ["XLEN", streams[$0]] }) ?? []
            return replies.reduce(0) { sum, reply in
                if case .integer(let count) = reply { return sum + count }
                return sum
            }
        }
        let most = counts.max() ?? 0
        return counts.firstIndex { $0 >= most - most / 10 } ?? 0
    }

    private func watchedShard(_ shards: ClusterShards) -> Int {
        let shard = watched ?? busiest(shards)
        watched = shard
        return shard
    }

    var leader: (any Node)? { shards.map { $0.primary(of: watchedShard($0)).node } }

    func leadingServer() throws(SystemError) -> RedisServer {
        let shards = try started()
        return shards.primary(of: watchedShard(shards))
    }

    func resolve(_ word: NodeWord) throws(SystemError) -> [any Node] {
        let shards = try started()
        if let tier = word.tier {
            throw SystemError(.notApplicable, "`\(word)`: redis-cluster has no tier `\(tier)`")
        }
        let all = servers.all
        switch (word.word, word.number) {
        case ("primary", nil): return [try leadingServer().node]
        case ("primary", let number?) where number <= shards.shards: return [shards.primary(of: number - 1).node]
        case ("replica", nil):
            let replicas = shards.replicas(of: try leadingServer())
            return [RedisServers.anyReplica(of: replicas)].compactMap { $0?.node }
        case ("replica", let number?) where shards.shards + number <= all.count:
            return [all[shards.shards + number - 1].node]
        case ("replicas", nil): return shards.replicas(of: try leadingServer()).map(\.node)
        case ("all", nil): return all.map(\.node)
        default:
            if word.number == nil, let named = all.first(where: { $0.node.name == word.word }) { return [named.node] }
            throw SystemError(
                .notApplicable,
                "`\(word)` is no node of redis-cluster: it has `primary` (of the shard that holds most), `primary 1` to "
                    + "`primary \(shards.shards)`, `replica` and `replicas` (of that shard), `replica 1` to "
                    + "`replica \(all.count - shards.shards)`, `all`, and `redis-1` to `redis-\(all.count)`")
        }
    }

    // MARK: In sync

    /// Gives each primary a key to probe that it has the slot of.
    private func givePrimariesKeys(_ shards: ClusterShards) {
        for shard in 0..<shards.shards {
            let anchor = shards.anchor(of: shard)
            guard let view = shards.look().compactMap({ $0 }).first(where: { $0.owner(of: anchor) != nil }),
                let ranges = view.owner(of: anchor)?.slots
            else { continue }
            let tag = ClusterSlots.tag { slot in ranges.contains { $0.contains(slot) } }
            shards.primary(of: shard).probeKey = "holdfast:\(servers.trial.run):probe:{\(tag)}"
        }
    }

    /// Of a primary this wants more: that it takes a write. Where it wants replicas that nobody can be yet, its refusing
    /// for want of them will do.
    func answers(_ node: any Node) -> Bool {
        guard let shards, let server = try? servers.server(of: node), server.answers() else { return false }
        guard (0..<shards.shards).contains(where: { shards.primary(of: $0) === server }) else { return true }
        givePrimariesKeys(shards)
        guard let reply = server.probeWrite() else { return false }
        if reply == .status("OK") { return true }
        return reply.text.hasPrefix("NOREPLICAS ") && shards.replicas(of: server).filter(\.isRunning).isEmpty
    }

    /// All nodes of one mind, and each shard in sync. Only a no may be repeated: what was whole a moment ago may have
    /// been broken since.
    func isConverged() -> Bool {
        guard let shards else { return false }
        if let lastNo, MonotonicClock.now() - lastNo < SystemLimits.convergenceNanoseconds { return false }
        let problem = problem(shards)
        missing = problem ?? "nothing"
        lastNo = problem == nil ? nil : MonotonicClock.now()
        return problem == nil
    }

    private func problem(_ shards: ClusterShards) -> String? {
        if convergences.isEmpty {
            convergences = [RedisConvergence](repeating: RedisConvergence(), count: shards.shards)
        }
        if let problem = shards.problem() { return problem }
        givePrimariesKeys(shards)
        var followers = 0
        for shard in 0..<shards.shards {
            let primary = shards.primary(of: shard)
            let replicas = shards.replicas(of: primary)
            followers += replicas.count
            guard convergences[shard].holds(primary: primary, replicas: replicas) else {
                return convergences[shard].missing
            }
        }
        let all = servers.all.count - shards.shards
        return followers == all ? nil : "\(followers) nodes follow somebody, of \(all)"
    }

    func isOutOfSync(_ node: any Node) -> Bool {
        guard let shards, let server = try? servers.server(of: node), let shard = shards.shard(of: server) else {
            return true
        }
        return RedisServers.isOutOfSync(server, of: shards.primary(of: shard))
    }
}
