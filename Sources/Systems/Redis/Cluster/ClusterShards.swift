import Labs
import Platform

/// The nodes of a cluster as most of them see it: who has which slots, and who follows whom.
///
/// A node that is cut off knows of nothing newer, so that no single one is believed.
final class ClusterShards {
    let servers: [RedisServer]
    let shards: Int
    /// By shard a slot by which it is known, whoever has it.
    private let anchors: [Int]
    private var looked: Int64?
    private var views: [ClusterNodes?] = []
    /// Who had a shard when more than half of all nodes last said so.
    private var last: [RedisServer]

    /// As Holdfast makes one. A shard is known by its last slot at the start: a reshard takes others.
    ///
    /// - Parameter servers: the primaries of the start, shard after shard, and then the replicas.
    convenience init(_ servers: [RedisServer], shards: Int) {
        self.init(
            servers, primaries: Array(servers.prefix(shards)),
            anchors: (0..<shards).map { ClusterSlots.range(ofShard: $0, of: shards).upperBound })
    }

    /// - Parameters:
    ///   - primaries: who leads the shards now, one after the other.
    ///   - anchors: a slot of each.
    init(_ servers: [RedisServer], primaries: [RedisServer], anchors: [Int]) {
        (self.servers, self.anchors, shards, last) = (servers, anchors, primaries.count, primaries)
        firstReplicas = servers.filter { server in !primaries.contains { $0 === server } }
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

    func server(at place: ServerAddress?) -> RedisServer? {
        place.flatMap { place in servers.first { $0.place == place } }
    }

    /// Who has a slot by the word of more than half of all nodes; nil while no such number is of one mind.
    func owner(of slot: Int) -> RedisServer? {
        var votes: [ServerAddress: Int] = [:]
        for case let view? in look() {
            if let owner = view.owner(of: slot)?.place { votes[owner, default: 0] += 1 }
        }
        return votes.first { 2 * $0.value > servers.count }.flatMap { server(at: $0.key) }
    }

    /// Those who follow somebody at the start.
    let firstReplicas: [RedisServer]

    func anchor(of shard: Int) -> Int { anchors[shard] }

    /// The primary of a shard; where nodes are not of one mind, the last that was known.
    func primary(of shard: Int) -> RedisServer {
        if let owner = owner(of: anchor(of: shard)) { last[shard] = owner }
        return last[shard]
    }

    /// Those who follow a server by the word of more than half of all nodes.
    func replicas(of primary: RedisServer) -> [RedisServer] {
        var votes: [ServerAddress: Int] = [:]
        for case let view? in look() {
            guard let id = view.members.first(where: { $0.place == primary.place })?.id else { continue }
            for case let member? in view.members.map({ $0.primary == id ? $0.place : nil }) {
                votes[member, default: 0] += 1
            }
        }
        return servers.filter { server in 2 * (server.place.flatMap { votes[$0] } ?? 0) > servers.count }
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
            where view.owner(of: anchor(of: shard))?.place != primary(of: shard).place {
                return "\(name) does not know who has shard \(shard + 1)"
            }
            guard let state = server.ask([["CLUSTER", "INFO"]])?.first?.info("cluster_state"), state == "ok" else {
                return "\(name) does not find the cluster well"
            }
        }
        return nil
    }
}
