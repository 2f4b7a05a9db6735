import Access
import Labs
import Workers

/// Somebody else's Redis Cluster, for one trial. Who leads a shard, and where its slots are, is the cluster's own affair;
/// what its nodes call each other must be what the cluster's file names.
final class ExternalClusterSystem: ShardedRedis, ForeignRedis {
    let servers: RedisServers
    private let access: Access
    private(set) var journal: Journal?
    private(set) var shards: ClusterShards?
    var watched: Int?
    /// By shard.
    private var probes: [String] = []
    private var convergences: [ExternalReplication] = []
    private var whole = Wholeness()

    init(_ settings: RedisSettings, _ trial: TrialSetting, at access: Access) {
        servers = RedisServers(.cluster, settings, trial)
        self.access = access
    }

    // MARK: Starting

    func start(in lab: any Lab, patience: any Patience) throws(SystemError) {
        guard let lab = lab as? ExternalLab else { throw SystemError(.lab, "this system is not of a lab's making") }
        journal = lab.journal
        for member in access.cluster.nodes {
            try servers.add(try ExternalRedis.node(member, in: lab, servers.trial), isReplica: false)
        }
        try awaitFirstAnswers(patience)
        let found = try ExternalShards(servers.all, servers.settings, at: access)
        let shards = ClusterShards(servers.all, primaries: found.primaries, anchors: found.anchors)
        self.shards = shards
        convergences = found.primaries.map { _ in ExternalReplication() }
        servers.spread(among: found.slots)
        probes = found.probes(run: servers.trial.run)
        try note(probes)
        try noteStreams()
        guard try patience.wait(upTo: SystemLimits.syncSeconds, until: { isConverged() }) else {
            throw SystemError(
                .deadline, "the cluster is not whole within \(Int(SystemLimits.syncSeconds)) s: \(whole.missing)")
        }
        for part in parts(shards) where !part.streams.isEmpty {
            try servers.groups(of: part.streams.map { streams[$0] }).make(on: part.server)
        }
    }

    func launch(_ node: any Node) throws(SystemError) { try servers.server(of: node).launch() }

    /// Any node says where every slot is.
    func clientOrders() -> ClientOrders {
        var settings = servers.settings.client
        settings["cluster"] = "yes"
        return orders(addresses: servers.all.map(\.address), settings: settings)
    }

    // MARK: Leaving

    /// Removes what the trial made, from whoever has it by then; what is left stays in the journal.
    func leave() -> [String] { journal.map { ExternalRedis.remove($0, on: servers.all, of: .cluster) } ?? [] }

    // MARK: In sync

    func givePrimariesKeys(_ shards: ClusterShards) {
        for (shard, probe) in probes.enumerated() { shards.primary(of: shard).probeKey = probe }
    }

    func isConverged() -> Bool {
        guard let shards, !whole.isStillNo else { return false }
        return whole.take(
            problem(shards) { shard, primary, replicas in convergences[shard].problem(primary, replicas) })
    }

    /// Addresses that they have for each other say nothing here: each is asked of itself.
    func isOutOfSync(_ node: any Node) -> Bool {
        guard let server = try? servers.server(of: node), let state = server.replication() else { return true }
        return state.isPrimary ? !state.followers.contains(where: \.isOnline) : !state.isLinkUp
    }
}
