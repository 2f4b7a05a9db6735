import Labs
import Platform

/// The nodes of a cluster as most of them see it: who has which slots, and who follows whom.
///
/// A node that is cut off knows of nothing newer, so that no single one is believed.
final class ClusterShards {
    let servers: [RedisServer]
    let shards: Int
    private var looked: Int64?
    private var views: [ClusterNodes?] = []
    /// Who had a shard when more than half of all nodes last said so.
    private var last: [RedisServer]

    /// - Parameter servers: the primaries of the start, shard after shard, and then the replicas.
    init(_ servers: [RedisServer], shards: Int) {
        (self.servers, self.shards) = (servers, shards)
        last = Array(servers.prefix(shards))
    }

    /// What each node says; a moment ago counts as now.
    func look(afresh: Bool = false) -> [ClusterNodes?] {
        if !afresh, let looked, MonotonicClock.now() - looked < SystemLimits.convergenceNanoseconds { return views }
        views = servers.map { server in
            guard let reply = server.ask([["CLUSTER", "NODES"]])?.first, !reply.isError else { return nil }
            return ClusterNodes(reply.text)
        }
        looked = MonotonicClock.now()
        return views
    }

    func server(at host: Substring) -> RedisServer? { servers.first { $0.node.address == host } }

    /// Who has a slot by the word of more than half of all nodes; nil while no such number is of one mind.
    func owner(of slot: Int) -> RedisServer? {
        var votes: [Substring: Int] = [:]
        for case let view? in look() {
            if let owner = view.owner(of: slot) { votes[owner.host, default: 0] += 1 }
        }
        return votes.first { 2 * $0.value > servers.count }.flatMap { server(at: $0.key) }
    }

    /// A slot by which a shard is known, whoever has it: its last at the start. A reshard takes others.
    func anchor(of shard: Int) -> Int { ClusterSlots.range(ofShard: shard, of: shards).upperBound }

    /// The primary of a shard; where nodes are not of one mind, the last that was known.
    func primary(of shard: Int) -> RedisServer {
        if let owner = owner(of: anchor(of: shard)) { last[shard] = owner }
        return last[shard]
    }

    /// Those who follow a server by the word of more than half of all nodes.
    func replicas(of primary: RedisServer) -> [RedisServer] {
        var votes: [Substring: Int] = [:]
        for case let view? in look() {
            guard let id = view.members.first(where: { $0.host == primary.node.address })?.id else { continue }
            for member in view.members where member.primary == id { votes[member.host, default: 0] += 1 }
        }
        return servers.filter { 2 * (votes[$0.node.address[...]] ?? 0) > servers.count }
    }

    /// The shard of which a server is a part, by its slots or by whom it follows.
    func shard(of server: RedisServer) -> Int? {
        (0..<shards).first { shard in
            let primary = primary(of: shard)
            return server === primary || replicas(of: primary).contains { $0 === server }
        }
    }

    /// What stands against it that every node finds all well, and all of one mind about every shard; nil: nothing.
    func problem() -> String? {
        for (server, view) in zip(servers, look(afresh: true)) {
            let name = server.node.name
            guard let view else { return "\(name) does not answer" }
            if view.members.count != servers.count {
                return "\(name) knows \(view.members.count) of \(servers.count) nodes"
            }
            if let sick = view.members.first(where: { !$0.isWell || !($0.isLinked || $0.flags.contains("myself")) }) {
                return "\(name) says of \(sick.host): \(sick.flags.sorted().joined(separator: ","))"
            }
            for shard in 0..<shards
            where view.owner(of: anchor(of: shard))?.host != primary(of: shard).node.address[...] {
                return "\(name) does not know who has shard \(shard + 1)"
            }
            guard let state = server.ask([["CLUSTER", "INFO"]])?.first?.info("cluster_state"), state == "ok" else {
                return "\(name) does not find the cluster well"
            }
        }
        return nil
    }
}
