import Access
import Labs
import Platform
import Workload

/// What is done with somebody else's Redis before, behind and apart from a trial.
enum ExternalRedis {
    /// The one that says that it leads; of several the one that most follow.
    static func leading(_ servers: [RedisServer]) -> RedisServer? {
        let leading = servers.compactMap { server in
            server.replication().flatMap { $0.isPrimary ? (server: server, followers: $0.followers.count) : nil }
        }
        return leading.max { $0.followers < $1.followers }?.server
    }

    // MARK: Before anything is done

    /// Everything that a run will need, tried: that servers are reached and let us in, that settings are those of the
    /// suite, and that the user may do what clients do. All that is made is a stream with the run's prefix, for a moment.
    static func examine(
        _ settings: RedisSettings, _ form: RedisForm, groups: [GroupSettings], at access: Access
    ) throws(SystemError) -> ServerVersion {
        let cluster = access.cluster
        guard cluster.system == form.name else {
            throw SystemError(
                .setting,
                "the suite says \(form.name), and \(cluster.path) says \(cluster.system): change either, or "
                    + "choose configurations by --only")
        }
        let wanted = max(1, settings.shards) * (settings.replicas + 1)
        guard cluster.nodes.count == wanted else {
            let shards = settings.shards > 0 ? "shards: \(settings.shards), " : ""
            throw SystemError(
                .setting,
                "the suite says \(shards)replicas: \(settings.replicas), which are \(wanted) nodes, and "
                    + "\(cluster.path) names \(cluster.nodes.count): name every server")
        }
        let lab: ExternalLab
        do { lab = try ExternalLab(ExternalKind(access)) } catch { throw SystemError(.lab, error.message) }
        defer { _ = lab.close() }
        var version = ServerVersion(path: cluster.name, name: "Redis", version: "unknown")
        var nodes: [ExternalNode] = []
        for member in cluster.nodes {
            let node = try Self.node(member, in: lab)
            version = try Self.version(of: node, version, access)
            nodes.append(node)
        }
        let run = "check-\(MonotonicClock.now())"
        let servers = { (isReplica: (ExternalNode) -> Bool) in
            nodes.map { RedisServer($0, version: version, settings: settings, run: run, isReplica: isReplica($0)) }
        }
        let leading = try leaders(of: servers { _ in false }, form, settings, run, at: access)
        if form == .sentinel {
            try ExternalSentinels.examine(
                in: lab, settings.sentinel, servers { _ in false }, leading[0].server, at: access)
        }
        for server in servers({ node in !leading.contains { $0.server.node === node } }) {
            try server.verifyConfiguration()
            // Whoever follows today may lead tomorrow, and has users of its own.
            let own = leading.first { $0.server.node === server.node }
            if let own { server.probeKey = own.probe }
            try tryOut(server, isLeading: own != nil, settings.ack, groups, lab.journal, access)
        }
        return version
    }

    /// Is it reached, and lets us in?
    private static func version(
        of node: ExternalNode, _ version: ServerVersion, _ access: Access
    ) throws(SystemError) -> ServerVersion {
        let asked = try RedisControl(node, port: node.server.port).connect()
        let info = try asked.call(["INFO", "server"], within: SystemLimits.commandSeconds)
        if let denied = denial(info) { throw lacks([("INFO", denied)], of: node, access) }
        var version = version
        if let text = info.info("valkey_version") ?? info.info("redis_version") {
            version.name = info.info("valkey_version") == nil ? "Redis" : "Valkey"
            version.version = String(text)
        }
        return version
    }

    /// Who leads, of each shard, and a key to probe each by.
    private static func leaders(
        of servers: [RedisServer], _ form: RedisForm, _ settings: RedisSettings, _ run: String, at access: Access
    ) throws(SystemError) -> [(server: RedisServer, probe: String)] {
        let path = access.cluster.path
        if form == .cluster {
            let shards = try ExternalShards(servers, settings, at: access)
            return Array(zip(shards.primaries, shards.probes(run: run)))
        }
        for server in servers where form != .standalone && server.replication() == nil {
            throw lacks([("INFO", "it does not show its replication")], of: server.node, access)
        }
        guard let primary = leading(servers) else {
            throw SystemError(
                .setting, "\(path): none of \(servers.map(\.node.name).joined(separator: ", ")) says that it leads")
        }
        if info(primary, "cluster_enabled", of: "cluster") == "1" {
            throw SystemError(.setting, "\(path): \(primary.node.name) is of a cluster, and not \(form.name)")
        }
        return [(primary, primary.probeKey)]
    }

    private static func info(_ server: RedisServer, _ name: String, of section: String) -> Substring? {
        server.ask([["INFO", section]])?[0].info(name)
    }

    static func node(
        _ member: ClusterFile.Member, in lab: ExternalLab, _ trial: TrialSetting? = nil
    ) throws(SystemError) -> ExternalNode {
        let request = NodeRequest(
            name: member.name, software: RedisBinary.software, filesystem: nil, megabytes: 0,
            logDirectory: trial?.logDirectory ?? "/tmp")
        do {
            return try lab.node(request)
        } catch { throw SystemError(.lab, error.message) }
    }

    /// Does each thing once that clients and Holdfast do. One that does not lead refuses to, which shows what its user may
    /// do all the same.
    private static func tryOut(
        _ server: RedisServer, isLeading: Bool, _ ack: String, _ groups: [GroupSettings], _ journal: Journal,
        _ access: Access
    ) throws(SystemError) {
        let key = server.probeKey
        do { try journal.begin([.key(key)]) } catch { throw SystemError(.lab, error.message) }
        var commands: [[String]] = [
            ["XADD", key, "*", "e", "1"], ["XRANGE", key, "-", "+", "COUNT", "1"],
            ["XREVRANGE", key, "+", "-", "COUNT", "1"], ["XLEN", key],
        ]
        if !groups.isEmpty {
            commands += [
                ["XGROUP", "CREATE", key, "g", "0"], ["XGROUP", "CREATECONSUMER", key, "g", "c"],
                ["XREADGROUP", "GROUP", "g", "c", "COUNT", "1", "STREAMS", key, ">"], ["XACK", key, "g", "0-1"],
                ["XPENDING", key, "g", "-", "+", "1"], ["XCLAIM", key, "g", "c", "0", "0-1"],
                ["XINFO", "STREAM", key], ["XINFO", "GROUPS", key], ["CLIENT", "ID"], ["EVAL", "return 1", "1", key],
                ["CLIENT", "UNBLOCK", "0"],
            ]
        }
        if ack.hasPrefix("waitaof") { commands.append(["WAITAOF", "0", "0", "1"]) }
        if ack.hasPrefix("wait ") { commands.append(["WAIT", "0", "1"]) }
        if groups.contains(where: { $0.deadLetterAfter != nil }) { commands += [["MULTI"], ["EXEC"]] }
        if server.configuration.isOfCluster { commands.append(["ASKING"]) }
        commands.append(["DEL", key])
        let replies = try server.pipeline(commands)
        let denied = zip(commands, replies).compactMap { command, reply in
            denial(reply).map {
                (command[0] + (["XGROUP", "XINFO", "CLIENT"].contains(command[0]) ? " \(command[1])" : ""), $0)
            }
        }
        if replies[0].isError || replies.last?.isError == false { journal.end(.key(key)) }
        guard denied.isEmpty else { throw lacks(denied, of: server.node, access) }
        if !isLeading { return }
        for (command, reply) in zip(commands, replies) where reply.isError {
            throw SystemError(.refused, "\(server.node.name) answers \(command[0]): \(reply.text)")
        }
    }

    static func denial(_ reply: RedisValue) -> String? {
        reply.isError && (reply.text.hasPrefix("NOPERM") || reply.text.hasPrefix("ERR unknown command"))
            ? reply.text : nil
    }

    static func lacks(
        _ denied: [(command: String, said: String)], of node: any Node, _ access: Access
    ) -> SystemError {
        let isSentinel = access.server(named: node.name).map { access.cluster.sentinels.contains($0.member) } ?? false
        let user = (isSentinel ? access.cluster.sentinelLogin : access.cluster.login)?.user ?? "default"
        let names = denied.map(\.command)
        return SystemError(
            .refused,
            "\(node.name): the user \(user) may not do \(names.joined(separator: ", ")) (\(denied[0].said)): allow what "
                + "docs/external.md lists" + (isSentinel ? "" : ", on keys that begin with holdfast:"))
    }

    // MARK: Behind

    /// What a dead run's journal says is there.
    static func remove(_ journal: Journal, at access: Access) -> [String] {
        let servers = access.servers.filter { access.cluster.nodes.contains($0.member) }.map { server in
            RedisServer(
                ExternalNode(server, of: access, logDirectory: "/tmp", journal: journal),
                version: ServerVersion(path: "", name: "Redis", version: ""), settings: RedisSettings(), run: "heal",
                isReplica: false)
        }
        return remove(
            journal, on: servers, of: access.cluster.system == RedisForm.cluster.name ? .cluster : .replicated)
    }

    /// Removes it from whoever has it; returns what could not be.
    static func remove(_ journal: Journal, on servers: [RedisServer], of form: RedisForm) -> [String] {
        let shards = ClusterShards(servers, primaries: [], anchors: [])
        return ExternalRemoval(journal: journal, servers: servers) { key in
            if form == .cluster { return shards.owner(of: ClusterSlots.slot(of: key)).map { [$0] } ?? [] }
            // Where only one is named its replication need not be shown. An old primary that nobody follows may have it,
            // too.
            if servers.count == 1 { return servers }
            return servers.filter { $0.replication()?.isPrimary == true }
        }.run()
    }
}
