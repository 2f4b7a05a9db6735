import Labs

/// What is the same of a primary and its replicas, whoever promotes.
extension RedisServers {
    func others(than primary: RedisServer?) -> [RedisServer] { all.filter { $0 !== primary } }

    /// Of those that run, the first whose link is up.
    static func anyReplica(of replicas: [RedisServer]) -> RedisServer? {
        replicas.first { $0.replication()?.isLinkUp ?? false } ?? replicas.first { $0.isRunning } ?? replicas.first
    }

    /// Of a replica: whether its primary or it itself says that it is not in sync; of the primary: whether nobody is.
    static func isOutOfSync(_ server: RedisServer, of primary: RedisServer) -> Bool {
        let online = (primary.replication()?.followers ?? []).filter(\.isOnline).map(\.address)
        if server === primary { return online.isEmpty }
        return !online.contains(server.node.address) || !(server.replication()?.isLinkUp ?? false)
    }

    /// A write that every replica confirms, and with it all before it: what INFO says of links is no proof.
    static func proveReplication(from primary: RedisServer, to count: Int) throws(SystemError) {
        _ = primary.probeWrite()
        let confirmed = try primary.call(["WAIT", "\(count)", "\(Int(SystemLimits.promotionSeconds * 1000))"])
        guard confirmed == .integer(Int64(count)) else {
            throw SystemError(
                .deadline,
                "\(confirmed.text) of \(count) replicas of \(primary.node.name) confirm a first write within "
                    + "\(Int(SystemLimits.promotionSeconds)) s, though all say that they are in sync")
        }
    }

    /// Starts a primary and the replicas that follow it, and waits until they are in sync; returns the primary.
    ///
    /// - Parameters:
    ///   - ownConfigurations: whether others than Holdfast will say whom a server follows.
    ///   - missing: what they are still without.
    func startReplicas(
        in lab: any Lab, binary: RedisBinary, ownConfigurations: Bool = false, _ patience: any Patience,
        missing: @autoclosure () -> String, until isInSync: () -> Bool
    ) throws(SystemError) -> RedisServer {
        let primary = try add(in: lab, binary: binary)
        for _ in 0..<settings.replicas { try add(in: lab, binary: binary, isReplica: true).followed = primary }
        try admit()
        for server in all { server.ownsItsConfiguration = ownConfigurations }
        for server in all { try server.launch() }
        for server in all { try awaitFirstAnswer(of: server, patience) }
        for server in all { try server.verifyConfiguration() }
        guard try patience.wait(upTo: SystemLimits.syncSeconds, until: isInSync) else {
            throw SystemError(
                .deadline,
                "the replicas are not in sync \(Int(SystemLimits.syncSeconds)) s after their start: \(missing()); see "
                    + "their logs in \(trial.logDirectory)")
        }
        return primary
    }

    /// Makes the trial's groups, and makes durable what was written until now.
    func makeReady(_ primary: RedisServer, _ nodes: [any Node]) throws(SystemError) {
        try groups.make(on: primary)
        try Self.proveReplication(from: primary, to: settings.replicas)
        try observeFsyncs(of: primary)
        for node in nodes {
            do { try node.syncData() } catch { throw SystemError(.lab, "\(node.name): \(error)") }
        }
    }
}
