import Labs
import Platform

/// Moves slots from one shard of a cluster to another while it is in use, and proves that every node knows of it.
///
/// A part of the streams goes with them, as large as the part of the slots: an empty slot proves nothing.
struct Reshard {
    let shards: ClusterShards
    let source: RedisServer
    let target: RedisServer
    /// Keys that must be among those who can be moved: the streams.
    let streams: [String]

    /// - Parameter part: of the source's slots, in millionths.
    func run(part: Int, atomically: Bool, patience: any Patience) throws(SystemError) -> String {
        let slots = try slots(part: part)
        let count = streams.filter { slots.contains(ClusterSlots.slot(of: $0)) }.count
        let began = MonotonicClock.now()
        let how = atomically ? try moveAtOnce(slots, patience) : try moveByKeys(slots, patience)
        try prove(slots, patience)
        let milliseconds = (MonotonicClock.now() - began) / 1_000_000
        return "\(slots.count) slots with \(count) streams went from \(source.node.name) to \(target.node.name) in "
            + "\(milliseconds) ms, \(how); every node says so"
    }

    /// The source's slots, less the one by which its shard is known.
    private func slots(part: Int) throws(SystemError) -> [Int] {
        guard
            let view = shards.look(afresh: true).compactMap({ $0 }).first(where: { view in
                view.members.contains { $0.host == source.node.address && $0.isPrimary && !$0.slots.isEmpty }
            }), let own = view.members.first(where: { $0.host == source.node.address })
        else { throw SystemError(.notApplicable, "\(source.node.name) has no slots to give") }
        let anchors = Set((0..<shards.shards).map { shards.anchor(of: $0) })
        let all = own.slots.flatMap { Array($0) }.filter { !anchors.contains($0) }
        let used = Set(streams.map { ClusterSlots.slot(of: $0) }).intersection(all)
        func share(_ count: Int) -> Int { (count * part + 999_999) / 1_000_000 }
        let chosen = Set(used.sorted().prefix(share(used.count)))
        let rest = all.filter { !used.contains($0) }.prefix(max(0, share(all.count) - chosen.count))
        return (chosen.union(rest)).sorted()
    }

    // MARK: Key by key

    /// As an operator's tool does it: the slot is open on both sides, its keys are moved, and then it is the other's.
    private func moveByKeys(_ slots: [Int], _ patience: any Patience) throws(SystemError) -> String {
        let (from, to) = (try id(of: source), try id(of: target))
        var keys = 0
        for start in stride(from: 0, to: slots.count, by: SystemLimits.slotsAtOnce) {
            let batch = slots[start..<min(start + SystemLimits.slotsAtOnce, slots.count)]
            try order(target, batch.map { ["CLUSTER", "SETSLOT", "\($0)", "IMPORTING", from] })
            try order(source, batch.map { ["CLUSTER", "SETSLOT", "\($0)", "MIGRATING", to] })
            for slot in batch { keys += try moveKeys(of: slot) }
            let done = batch.map { ["CLUSTER", "SETSLOT", "\($0)", "NODE", to] }
            // The new owner first: a slot that nobody has would be refused.
            try order(target, done)
            try order(source, done)
            for shard in 0..<shards.shards {
                let other = shards.primary(of: shard)
                if other !== source, other !== target, other.isRunning { try order(other, done) }
            }
            // Nothing to wait for; but whoever wants the run to end is heard between two batches.
            _ = try patience.wait(upTo: 0) { true }
        }
        return "\(keys) keys by MIGRATE"
    }

    private func moveKeys(of slot: Int) throws(SystemError) -> Int {
        var count = 0
        while true {
            guard case .array(let found) = try source.call(["CLUSTER", "GETKEYSINSLOT", "\(slot)", "100"]) else {
                throw SystemError(.refused, "\(source.node.name) does not say which keys slot \(slot) has")
            }
            if found.isEmpty { return count }
            let milliseconds = "\(Int(SystemLimits.migrateSeconds * 1000))"
            try order(
                source,
                [
                    ["MIGRATE", target.node.address, "\(RedisConfigurationFile.port)", "", "0", milliseconds]
                        + source.peerLogin + ["KEYS"] + found.map(\.text)
                ])
            count += found.count
        }
    }

    // MARK: At once

    /// The servers' own way, where they have one (Valkey 9.0): clients see no slot that is open on two sides.
    private func moveAtOnce(_ slots: [Int], _ patience: any Patience) throws(SystemError) -> String {
        var ranges: [ClosedRange<Int>] = []
        for slot in slots {
            if let last = ranges.last, last.upperBound == slot - 1 {
                ranges[ranges.count - 1] = last.lowerBound...slot
            } else {
                ranges.append(slot...slot)
            }
        }
        let words = ranges.flatMap { ["\($0.lowerBound)", "\($0.upperBound)"] }
        try order(source, [["CLUSTER", "MIGRATESLOTS", "SLOTSRANGE"] + words + ["NODE", try id(of: target)]])
        var said = ""
        let came = try patience.wait(upTo: SystemLimits.reshardSeconds) {
            guard let reply = source.ask([["CLUSTER", "GETSLOTMIGRATIONS"]])?.first, case .array(let jobs) = reply,
                let last = jobs.first
            else { return false }
            said = RedisGroups.Pairs(last).text("state") ?? "unknown"
            return said == "success" || said == "failed" || said == "cancelled"
        }
        guard came, said == "success" else {
            throw SystemError(.refused, "\(source.node.name): the migration of \(slots.count) slots is \(said)")
        }
        return "by CLUSTER MIGRATESLOTS"
    }

    // MARK: Proof

    private func prove(_ slots: [Int], _ patience: any Patience) throws(SystemError) {
        var missing = ""
        let came = try patience.wait(upTo: SystemLimits.reshardSeconds) {
            for (server, view) in zip(shards.servers, shards.look()) where server.isRunning {
                guard let own = view?.members.first(where: { $0.host == target.node.address }),
                    slots.allSatisfy({ slot in own.slots.contains { $0.contains(slot) } })
                else {
                    missing = server.node.name
                    return false
                }
            }
            return true
        }
        guard came else {
            throw SystemError(
                .deadline, "\(missing) does not know within \(Int(SystemLimits.reshardSeconds)) s that the slots moved")
        }
    }

    private func id(of server: RedisServer) throws(SystemError) -> String { try server.call(["CLUSTER", "MYID"]).text }

    private func order(_ server: RedisServer, _ commands: [[String]]) throws(SystemError) {
        for (command, reply) in zip(commands, try server.pipeline(commands)) where reply.isError {
            throw SystemError(
                .refused, "\(server.node.name) answered \(command.prefix(4).joined(separator: " ")): \(reply.text)")
        }
    }
}

extension RedisClusterSystem {
    func moveSlots(
        part: Int, from node: any Node, to other: (any Node)?, atomically: Bool, patience: any Patience
    ) throws(SystemError) -> String {
        let (shards, source) = (try started(), try servers.server(of: node))
        guard let shard = (0..<shards.shards).first(where: { shards.primary(of: $0) === source }) else {
            throw SystemError(.notApplicable, "\(node.name) leads no shard, and has no slots to give")
        }
        let target =
            try other.map { other throws(SystemError) in try servers.server(of: other) }
            ?? shards.primary(of: (shard + 1) % shards.shards)
        guard target !== source else { throw SystemError(.notApplicable, "\(node.name) cannot give slots to itself") }
        return try Reshard(shards: shards, source: source, target: target, streams: streams).run(
            part: part, atomically: atomically, patience: patience)
    }
}
