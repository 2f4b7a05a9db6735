import Access
import Labs

/// How somebody else's cluster is cut into shards when a run comes to it.
struct ExternalShards {
    /// By the lowest slot that each has.
    let primaries: [RedisServer]
    /// The slots of each.
    let slots: [[ClosedRange<Int>]]

    /// A slot by which each is known: its last. Who moves slots begins with others.
    var anchors: [Int] { slots.map { $0[$0.count - 1].upperBound } }

    /// A key of each to probe by: it lies in the slot by which the shard is known.
    func probes(run: String) -> [String] {
        anchors.map { anchor in "holdfast:\(run):probe:{\(ClusterSlots.tag { $0 == anchor })}" }
    }

    /// Looks at every node; throws what is not as the suite and the cluster's file say.
    init(_ servers: [RedisServer], _ settings: RedisSettings, at access: Access) throws(SystemError) {
        let file = access.cluster.path
        var views: [ClusterNodes] = []
        for server in servers { views.append(try Self.view(server, of: servers, access)) }
        var shards: [(primary: RedisServer, member: ClusterNodes.Member)] = []
        for member in views[0].members where member.isPrimary {
            guard let server = servers.first(where: { $0.place == member.place }) else { continue }
            guard !member.slots.isEmpty else {
                throw SystemError(
                    .setting, "\(file): \(server.node.name) leads, and has no slots: give it some, or none")
            }
            shards.append((server, member))
        }
        shards.sort { $0.member.slots[0].lowerBound < $1.member.slots[0].lowerBound }
        guard shards.count == settings.shards else {
            throw SystemError(
                .setting, "the suite says shards: \(settings.shards), and \(file) is of \(shards.count): change either")
        }
        for (primary, member) in shards {
            let followers = views[0].members.count { $0.primary == member.id }
            guard followers == settings.replicas else {
                throw SystemError(
                    .setting,
                    "the suite says replicas: \(settings.replicas), and \(primary.node.name) has \(followers): change "
                        + "either")
            }
            let owners = views.map { $0.owner(of: member.slots[0].lowerBound)?.place }
            if let odd = owners.firstIndex(where: { $0 != primary.place }) {
                throw SystemError(
                    .refused, "\(file): \(servers[odd].node.name) does not know that \(primary.node.name) leads")
            }
        }
        let served = shards.reduce(0) { sum, shard in sum + shard.member.slots.reduce(0) { $0 + $1.count } }
        guard served == ClusterSlots.count else {
            throw SystemError(.refused, "\(file): \(ClusterSlots.count - served) slots are nobody's")
        }
        (primaries, slots) = (shards.map(\.primary), shards.map(\.member.slots))
    }

    /// What a node says of all; throws what stands against it.
    private static func view(
        _ server: RedisServer, of servers: [RedisServer], _ access: Access
    ) throws(SystemError) -> ClusterNodes {
        let (name, file) = (server.node.name, access.cluster.path)
        let replies = try server.pipeline([["CLUSTER", "NODES"], ["CLUSTER", "INFO"]])
        let denied = zip(["CLUSTER NODES", "CLUSTER INFO"], replies).compactMap { word, reply in
            ExternalRedis.denial(reply).map { (word, $0) }
        }
        guard denied.isEmpty else { throw ExternalRedis.lacks(denied, of: server.node, access) }
        guard let view = ClusterNodes(replies[0].text) else {
            throw SystemError(.setting, "\(file): \(name) is of no cluster: \(replies[0].text.prefix(200))")
        }
        for member in view.members {
            if !member.isWell {
                let flags = member.flags.sorted().joined(separator: ",")
                throw SystemError(.refused, "\(file): \(name) says of \(member.host):\(member.port): \(flags)")
            }
            guard servers.contains(where: { $0.place == member.place }) else {
                throw SystemError(
                    .setting,
                    "\(name) sends clients to \(member.host):\(member.port), which \(file) does not name: load goes to "
                        + "named nodes alone. Name every node there by the address that the cluster gives for it "
                        + "(cluster-announce-ip, -hostname, -port)")
            }
        }
        guard view.members.count == servers.count else {
            throw SystemError(
                .setting,
                "\(file) names \(servers.count) nodes, and \(name) knows \(view.members.count): it is not of "
                    + "their cluster, or they are of several")
        }
        guard replies[1].info("cluster_state") == "ok" else {
            throw SystemError(
                .refused,
                "\(file): \(name) says cluster_state: \(replies[1].info("cluster_state") ?? "nothing")")
        }
        return view
    }
}
