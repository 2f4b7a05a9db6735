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
        guard cluster.nodes.count == settings.replicas + 1 else {
            throw SystemError(
                .setting,
                "the suite says replicas: \(settings.replicas), and \(cluster.path) names "
                    + "\(cluster.nodes.count) nodes: name every server, the primary first or not")
        }
        let journal: Journal
        let lab: ExternalLab
        do {
            lab = try ExternalLab(ExternalKind(access))
            journal = lab.journal
        } catch { throw SystemError(.lab, error.message) }
        defer { _ = lab.close() }
        var servers: [RedisServer] = []
        var version = ServerVersion(path: cluster.name, name: "Redis", version: "unknown")
        let run = "check-\(MonotonicClock.now())"
        for member in cluster.members {
            let node = try Self.node(member, in: lab)
            let asked = try RedisControl(node, port: node.server.port).connect()
            let info = try asked.call(["INFO", "server"], within: SystemLimits.commandSeconds)
            if let denied = denial(info) { throw lacks([("INFO", denied)], access) }
            guard cluster.nodes.contains(member) else { continue }
            let name = info.info("valkey_version") == nil ? "Redis" : "Valkey"
            if let text = info.info("valkey_version") ?? info.info("redis_version") {
                version = ServerVersion(path: cluster.name, name: name, version: String(text))
            }
            servers.append(
                RedisServer(node, version: version, settings: settings, run: run, isReplica: servers.count > 0))
        }
        if form != .standalone, servers.first?.replication() == nil {
            throw lacks([("INFO", "it does not show its replication")], access)
        }
        guard let primary = leading(servers) else {
            throw SystemError(
                .setting,
                "\(cluster.path): none of \(servers.map(\.node.name).joined(separator: ", ")) says that it leads")
        }
        if info(primary, "cluster_enabled", of: "cluster") == "1" {
            throw SystemError(.setting, "\(cluster.path): \(primary.node.name) is of a cluster, and not \(form.name)")
        }
        for server in servers { try server.verifyConfiguration() }
        try tryOut(primary, settings.ack, groups, journal, access)
        return version
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

    /// Does each thing once that clients and Holdfast do.
    private static func tryOut(
        _ server: RedisServer, _ ack: String, _ groups: [GroupSettings], _ journal: Journal, _ access: Access
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
        commands.append(["DEL", key])
        let replies = try server.pipeline(commands)
        let denied = zip(commands, replies).compactMap { command, reply in
            denial(reply).map {
                (command[0] + (["XGROUP", "XINFO", "CLIENT"].contains(command[0]) ? " \(command[1])" : ""), $0)
            }
        }
        if replies.last?.isError == false { journal.end(.key(key)) }
        guard denied.isEmpty else { throw lacks(denied, access) }
        for (command, reply) in zip(commands, replies) where reply.isError {
            throw SystemError(.refused, "\(server.node.name) answers \(command[0]): \(reply.text)")
        }
    }

    private static func denial(_ reply: RedisValue) -> String? {
        reply.isError && (reply.text.hasPrefix("NOPERM") || reply.text.hasPrefix("ERR unknown command"))
            ? reply.text : nil
    }

    private static func lacks(_ denied: [(command: String, said: String)], _ access: Access) -> SystemError {
        let user = access.cluster.login?.user ?? "default"
        let names = denied.map(\.command)
        return SystemError(
            .refused,
            "the user \(user) may not do \(names.joined(separator: ", ")) (\(denied[0].said)): allow what docs/external.md "
                + "lists, on keys that begin with holdfast:")
    }

    // MARK: Behind

    /// What a dead run's journal says is there.
    static func remove(_ journal: Journal, at access: Access) throws(SystemError) -> [String] {
        let servers = access.servers.filter { access.cluster.nodes.contains($0.member) }.map { server in
            RedisServer(
                ExternalNode(server, of: access, logDirectory: "/tmp", journal: journal),
                version: ServerVersion(path: "", name: "Redis", version: ""), settings: RedisSettings(), run: "heal",
                isReplica: false)
        }
        // Where only one is named its replication need not be shown.
        guard let leading = leading(servers) ?? (servers.count == 1 ? servers[0] : nil) else {
            throw SystemError(.unreachable, "none of \(servers.map(\.node.name).joined(separator: ", ")) leads")
        }
        return remove(journal, on: leading)
    }

    /// Removes what a journal says is there, and nothing whose name has another prefix; returns what could not be.
    static func remove(_ journal: Journal, on server: RedisServer) -> [String] {
        var left: [String] = []
        for case .key(let name) in journal.things {
            guard name.hasPrefix("holdfast:") else {
                left.append("\(name) is not Holdfast's, and stays")
                continue
            }
            do throws(SystemError) {
                let reply = try server.call(["DEL", name])
                if reply.isError { throw SystemError(.refused, reply.text) }
                journal.end(.key(name))
            } catch {
                left.append("\(name): \(error)")
            }
        }
        return left
    }
}
