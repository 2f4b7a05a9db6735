import History
import Labs
import Workers
import Workload

/// A cluster in a lab, for one trial. Who leads a shard is the cluster's own affair.
final class RedisClusterSystem: ShardedRedis {
    let servers: RedisServers
    private(set) var shards: ClusterShards?
    private var convergences: [RedisConvergence] = []
    private var whole = Wholeness()
    /// The shard that `primary` means.
    var watched: Int?

    init(_ settings: RedisSettings, _ trial: TrialSetting) {
        servers = RedisServers(.cluster, settings, trial)
    }

    // MARK: Starting

    func start(in lab: any Lab, patience: any Patience) throws(SystemError) {
        let settings = servers.settings
        let binary = try RedisBinary.find(settings.server, in: lab.kind)
        for number in 0..<settings.shards * (1 + settings.replicas) {
            _ = try servers.add(in: lab, binary: binary, isReplica: number >= settings.shards)
        }
        try servers.admit()
        for server in servers.all { try server.launch() }
        for server in servers.all { try servers.awaitFirstAnswer(of: server, patience) }
        for server in servers.all { try server.verifyConfiguration() }
        try ClusterMaking(servers: servers.all, shards: settings.shards, replicas: settings.replicas).run(patience)
        let shards = ClusterShards(servers.all, shards: settings.shards)
        self.shards = shards
        guard try patience.wait(upTo: SystemLimits.syncSeconds, until: { isConverged() }) else {
            throw SystemError(
                .deadline,
                "the cluster is not whole \(Int(SystemLimits.syncSeconds)) s after its start: \(whole.missing); see the logs in "
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

    /// Any node says where every slot is.
    func clientOrders() -> ClientOrders {
        var settings = servers.settings.client
        settings["cluster"] = "yes"
        return ClientOrders(
            client: "redis", addresses: servers.all.map(\.address), streams: streams, ack: servers.settings.ack,
            settings: settings)
    }

    // MARK: In sync

    /// Gives each primary a key to probe that it has the slot of.
    func givePrimariesKeys(_ shards: ClusterShards) {
        for shard in 0..<shards.shards {
            let anchor = shards.anchor(of: shard)
            guard let view = shards.look().compactMap({ $0 }).first(where: { $0.owner(of: anchor) != nil }),
                let ranges = view.owner(of: anchor)?.slots
            else { continue }
            let tag = ClusterSlots.tag { slot in ranges.contains { $0.contains(slot) } }
            shards.primary(of: shard).probeKey = "holdfast:\(servers.trial.run):probe:{\(tag)}"
        }
    }

    /// All nodes of one mind, and each shard in sync.
    func isConverged() -> Bool {
        guard let shards, !whole.isStillNo else { return false }
        return whole.take(problem(shards))
    }

    private func problem(_ shards: ClusterShards) -> String? {
        if convergences.isEmpty {
            convergences = [RedisConvergence](repeating: RedisConvergence(), count: shards.shards)
        }
        return problem(shards) { shard, primary, replicas in
            convergences[shard].holds(primary: primary, replicas: replicas) ? nil : convergences[shard].missing
        }
    }
}
