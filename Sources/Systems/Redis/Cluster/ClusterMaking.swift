import Labs

/// Makes one cluster of servers that know nothing of each other: by the commands themselves, all at once.
struct ClusterMaking {
    let servers: [RedisServer]
    let shards: Int
    let replicas: Int

    func run(_ patience: any Patience) throws(SystemError) {
        for shard in 0..<shards {
            let range = ClusterSlots.range(ofShard: shard, of: shards)
            try order(servers[shard], Self.take(range, servers[shard].binary))
            // No two have the same number, and nobody has to find that out.
            try order(servers[shard], ["CLUSTER", "SET-CONFIG-EPOCH", "\(shard + 1)"])
        }
        try meet(patience)
        try follow(patience)
    }

    private static func take(_ range: ClosedRange<Int>, _ binary: RedisBinary) -> [String] {
        if binary.isAtLeast(7, 0) {
            return ["CLUSTER", "ADDSLOTSRANGE", "\(range.lowerBound)", "\(range.upperBound)"]
        }
        return ["CLUSTER", "ADDSLOTS"] + range.map(String.init)
    }

    /// Everybody is told of everybody: by gossip alone it takes a second for each that is added.
    private func meet(_ patience: any Patience) throws(SystemError) {
        for (index, server) in servers.enumerated() {
            for other in servers[(index + 1)...] {
                try order(server, ["CLUSTER", "MEET", other.node.address, "\(RedisConfigurationFile.port)"])
            }
        }
        var missing = ""
        let all = Set(servers.map { $0.node.address[...] })
        let came = try patience.wait(upTo: SystemLimits.meetSeconds) {
            for server in servers {
                let reply = server.ask([["CLUSTER", "NODES"]])?.first
                let known = reply.flatMap { ClusterNodes($0.text) }?.members.filter(\.isWell) ?? []
                guard Set(known.map(\.host)) == all, known.count == servers.count else {
                    missing = "\(server.node.name) knows \(known.count) of \(servers.count)"
                    return false
                }
            }
            return true
        }
        guard came else {
            throw SystemError(
                .deadline, "the nodes do not know each other within \(Int(SystemLimits.meetSeconds)) s: \(missing)")
        }
    }

    private func follow(_ patience: any Patience) throws(SystemError) {
        for shard in 0..<shards {
            let id = try servers[shard].call(["CLUSTER", "MYID"]).text
            for replica in 0..<replicas {
                try order(servers[shards + shard * replicas + replica], ["CLUSTER", "REPLICATE", id])
            }
        }
    }

    private func order(_ server: RedisServer, _ words: [String]) throws(SystemError) {
        let reply = try server.call(words)
        guard !reply.isError else {
            let said = words.prefix(4).joined(separator: " ")
            throw SystemError(.refused, "\(server.node.name) answered \(said): \(reply.text)")
        }
    }
}
