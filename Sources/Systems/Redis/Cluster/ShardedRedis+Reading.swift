import History
import Labs
import Workload

/// Reading streams and groups: each from whoever has its slot.
extension ShardedRedis {
    /// A stream's slot decides; its dead letters lie with it, so that moving an event there is one transaction.
    func deadStreams(of group: GroupSettings) -> [String] {
        if group.deadLetterAfter == nil { return [] }
        return streams.map { $0.contains("{") ? "\($0).dead.\(group.name)" : "{\($0)}.dead.\(group.name)" }
    }

    func replay(passes: Int, into writer: inout ShardWriter, patience: any Patience) throws(SystemError) {
        let shards = try started()
        let dead = servers.trial.groups.map { deadStreams(of: $0) }.filter { !$0.isEmpty }
        var parts: [(connection: RedisConnection, replay: RedisReplay)] = []
        for part in self.parts(shards) where !part.streams.isEmpty {
            let own = part.streams.map { streams[$0] }
            let names = own + dead.flatMap { dead in part.streams.map { dead[$0] } } + servers.results(of: own)
            parts.append((try part.server.connect(), RedisReplay(streams: names, run: servers.trial.run)))
        }
        for pass in 0..<passes {
            for index in parts.indices {
                try parts[index].replay.read(
                    pass: pass + 1, over: parts[index].connection, into: &writer, patience: patience)
            }
        }
    }

    func read(
        stream: Int, from: Position?, patience: any Patience,
        _ each: (_ position: Position, _ event: DecodedEvent?) -> Void
    ) throws(SystemError) -> Int64 {
        let shards = try started()
        guard let owner = shards.owner(of: ClusterSlots.slot(of: streams[stream])) else {
            throw SystemError(.unreachable, "nobody has the slot of \(streams[stream]) by the word of most nodes")
        }
        return try RedisReplay.read(streams[stream], behind: from, over: owner.connect(), patience: patience, each)
    }

    func backlog(of group: GroupSettings) throws(SystemError) -> Backlog {
        var sum = Backlog(unread: 0, pending: 0)
        for part in parts(try started()) where !part.streams.isEmpty {
            let own = try servers.groups(of: part.streams.map { streams[$0] }).backlog(of: group, on: part.server)
            sum = Backlog(unread: sum.unread + own.unread, pending: sum.pending + own.pending)
        }
        return sum
    }

    func members(of group: GroupSettings) throws(SystemError) -> Set<String> {
        var names: Set<String> = []
        for part in parts(try started()) where !part.streams.isEmpty {
            names.formUnion(
                try servers.groups(of: part.streams.map { streams[$0] }).members(of: group, on: part.server))
        }
        return names
    }

    func groupEnds(patience: any Patience) throws(SystemError) -> [History.GroupEnd] {
        var ends: [History.GroupEnd] = []
        for part in parts(try started()) where !part.streams.isEmpty {
            ends += try servers.groups(of: part.streams.map { streams[$0] }).ends(on: part.server, patience: patience)
        }
        return ends
    }
}
