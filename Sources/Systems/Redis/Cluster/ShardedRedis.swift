import Labs
import Workers

/// A system whose streams lie in shards, each with a primary of its own.
///
/// `primary` is that of the shard that holds most when a fault first names it, and of that shard from then on;
/// `primary 2` that of the second shard.
protocol ShardedRedis: RedisSystem {
    var shards: ClusterShards? { get }
    /// The shard that `primary` means; nil: nobody has named it.
    var watched: Int? { get set }
    /// Gives each primary a key to probe that it has the slot of.
    func givePrimariesKeys(_ shards: ClusterShards)
}

extension ShardedRedis {
    func started() throws(SystemError) -> ClusterShards {
        guard let shards else { throw servers.notStarted }
        return shards
    }

    var failover: Failover { .byItself }

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

    func watchedShard(_ shards: ClusterShards) -> Int {
        let shard = watched ?? busiest(shards)
        watched = shard
        return shard
    }

    var leader: (any Node)? { shards.map { $0.primary(of: watchedShard($0)).node } }

    func leadingServer() throws(SystemError) -> RedisServer {
        let shards = try started()
        return shards.primary(of: watchedShard(shards))
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

    /// What stands against it that all nodes are of one mind and each shard is in sync; nil: nothing.
    ///
    /// - Parameter shardProblem: the same of one shard.
    func problem(
        _ shards: ClusterShards,
        _ shardProblem: (_ shard: Int, _ primary: RedisServer, _ replicas: [RedisServer]) -> String?
    ) -> String? {
        if let problem = shards.problem() { return problem }
        givePrimariesKeys(shards)
        var followers = 0
        for shard in 0..<shards.shards {
            let primary = shards.primary(of: shard)
            let replicas = shards.replicas(of: primary)
            followers += replicas.count
            if let problem = shardProblem(shard, primary, replicas) { return problem }
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

/// How clients and faults name its nodes.
extension ShardedRedis {
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
            return [shards.firstReplicas[number - 1].node]
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
}
