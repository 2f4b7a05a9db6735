import History
import Labs
import Platform
import Testing
import Workers
import Workload

@testable import Systems

/// A cluster under test, in a lab of its own.
private struct ClusterBench {
    let lab: LocalLab
    let system: RedisClusterSystem
    let patience = TestPatience()

    init(streams: Int) throws {
        lab = try LocalLab()
        var settings = RedisSettings()
        (settings.shards, settings.replicas, settings.streams) = (3, 1, .number(streams))
        settings.directives = [.init(name: "cluster-node-timeout", value: "1000")]
        system = RedisClusterSystem(
            settings,
            TrialSetting(
                run: "r", agents: streams, logDirectory: lab.logDirectory, expectedBytes: 1 << 20,
                ownFilesystems: false))
        try system.start(in: lab, patience: patience)
    }

    func call(_ number: Int, _ words: String...) throws -> RedisValue {
        try RedisConnection(descriptor: lab.local[number - 1].connect(port: 6379)).call(words, within: 10)
    }

    func must(_ number: Int, _ words: [String]) throws {
        let reply = try RedisConnection(descriptor: lab.local[number - 1].connect(port: 6379)).call(words, within: 10)
        #expect(reply == .status("OK"), "\(reply.text)")
    }
}

@Suite(.serialized, .timeLimit(.minutes(2)), withRedis)
struct RedisClusterTests {
    /// What the servers' own documentation says of CRC and tags.
    @Test func keysLieWhereServersSay() {
        #expect(ClusterSlots.crc16(Array("123456789".utf8)[...]) == 0x31C3)
        #expect(ClusterSlots.slot(of: "{user1000}.following") == ClusterSlots.slot(of: "user1000"))
        #expect(ClusterSlots.slot(of: "foo{{bar}}zap") == ClusterSlots.slot(of: "{bar"))
        #expect(ClusterSlots.slot(of: "foo{}{bar}") == Int(ClusterSlots.crc16(Array("foo{}{bar}".utf8)[...])) % 16384)
        #expect((0..<3).map { ClusterSlots.range(ofShard: $0, of: 3) } == [0...5460, 5461...10921, 10922...16383])
    }

    @Test func streamsAreSpreadOverShardsAsTheyAre() {
        let shards = [[0...99, 16000...16383], [100...15999]]
        let tags = ClusterSlots.tags(5, among: shards)
        #expect(Set(tags).count == 5)
        for (stream, tag) in tags.enumerated() {
            let slot = ClusterSlots.slot(of: "holdfast:run:events:{\(tag)}")
            #expect(shards[stream % 2].contains { $0.contains(slot) }, "\(tag)")
        }
    }

    @Test func whatANodeSaysOfTheOthersIsRead() throws {
        let text = """
            aa 198.18.0.11:6379@16379 myself,master - 0 0 1 connected 0-5460 9000 [93->-bb]
            bb 198.18.0.12:6379@16379,host master,fail - 0 0 7 disconnected 5461-8999
            cc 198.18.0.13:6379@16379 slave aa 0 0 1 connected
            """
        let nodes = try #require(ClusterNodes(text))
        #expect(nodes.own?.id == "aa" && nodes.owner(of: 9000)?.id == "aa" && nodes.owner(of: 6000)?.epoch == 7)
        #expect(nodes.owner(of: 16000) == nil && !nodes.members[1].isWell && nodes.members[2].primary == "aa")
        #expect(nodes.members.map { $0.place?.description } == (11...13).map { "198.18.0.\($0):6379" })
        #expect(ClusterNodes("ERR This instance has cluster support disabled") == nil)
    }

    @Test func redirectionsAreToldFromOtherErrors() {
        func redirect(_ text: String) -> Redirect? { Array(text.utf8).withUnsafeBytes { Redirect(error: $0) } }
        let moved = redirect("MOVED 3999 198.18.0.12:6379")
        #expect(moved?.kind == .moved && moved?.slot == 3999 && moved?.address == ServerAddress("198.18.0.12:6379"))
        #expect(redirect("ASK 1 198.18.0.12:6379")?.kind == .ask)
        #expect(redirect("TRYAGAIN Multiple keys request during rehashing of slot")?.kind == .later)
        #expect(redirect("CLUSTERDOWN The cluster is down") == nil && redirect("ASKED 1") == nil)
    }

    /// A slot that is open on two sides, and then the other's: each refused try has failed, the next stands in the log.
    @Test(arguments: ["reply", "wait 1 1000"])
    func redirectionsAreFollowedAsNewTriesOfTheSameEvent(ack: String) async throws {
        try await onThread {
            let bench = try ClusterBench(streams: 6)
            let stream = bench.system.streams[0]
            let slot = "\(ClusterSlots.slot(of: stream))"
            var client = bench.system.clientOrders()
            client.ack = ack
            let rig = try Rig(client, agents: 6)
            try rig.settle { rig.publisher.isConnected }
            // Every stream has an entry, and nobody was sent elsewhere.
            let before = try rig.publish(12)
            #expect(before.allSatisfy { $0.completion.outcome == .acked && $0.attempt.number == 1 })

            let (from, to) = (try bench.call(1, "CLUSTER", "MYID").text, try bench.call(2, "CLUSTER", "MYID").text)
            try bench.must(2, ["CLUSTER", "SETSLOT", slot, "IMPORTING", from])
            try bench.must(1, ["CLUSTER", "SETSLOT", slot, "MIGRATING", to])
            try bench.must(1, ["MIGRATE", bench.lab.local[1].address, "6379", stream, "0", "5000"])
            let asked = try Self.publish(rig, until: "ASK ") + rig.publish(24)
            // Without ASKING the other node would send each back.
            #expect(Self.refusals(asked, rig).allSatisfy { $0.hasPrefix("ASK ") })
            try bench.must(2, ["CLUSTER", "SETSLOT", slot, "NODE", to])
            try bench.must(1, ["CLUSTER", "SETSLOT", slot, "NODE", to])
            let moved = try Self.publish(rig, until: "MOVED ")
            // By now it knows; what was sent elsewhere last is tried again among these.
            let after = try rig.publish(24)
            #expect(after.allSatisfy { $0.completion.outcome == .acked })

            let all = before + asked + moved + after
            for item in all where item.completion.outcome == .failed {
                let next = all.first {
                    $0.attempt.event == item.attempt.event && $0.attempt.number == item.attempt.number + 1
                }
                #expect(item.attempt.event.agent == 0 && next != nil, "\(item.attempt.event.seq)")
            }
            #expect(all.allSatisfy { $0.completion.outcome != .unknown })
            // What was acknowledged stands in the log once, and nothing that failed.
            var standing: Int64 = 0
            for item in all where item.attempt.event.agent == 0 && item.completion.outcome == .acked { standing += 1 }
            #expect(try bench.call(2, "XLEN", stream) == .integer(standing))
        }
    }

    /// Until some try was answered so: not every agent's turn comes in each round.
    private static func publish(_ rig: Rig, until word: String) throws -> [Rig.Item] {
        var items: [Rig.Item] = []
        for _ in 0..<50 where !refusals(items, rig).contains(where: { $0.hasPrefix(word) }) {
            items += try rig.publish(6)
        }
        #expect(refusals(items, rig).contains { $0.hasPrefix(word) })
        return items
    }

    private static func refusals(_ items: [Rig.Item], _ rig: Rig) -> [String] {
        items.filter { $0.completion.outcome == .failed }.map { rig.publisher.reason($0.completion.reason) }
    }

    @Test func rolesAreThoseOfAShard() async throws {
        try await onThread {
            let bench = try ClusterBench(streams: 3)
            func names(_ word: NodeWord) throws -> [String] { try bench.system.resolve(word).map(\.name) }
            // The second shard holds most.
            for _ in 0..<5 { #expect(try !bench.call(2, "XADD", bench.system.streams[1], "*", "e", "x").isError) }
            #expect(try names(NodeWord("primary")) == ["redis-2"] && names(NodeWord("replicas")) == ["redis-5"])
            #expect(try names(NodeWord("primary", number: 3)) == ["redis-3"])
            #expect(try names(NodeWord("replica", number: 1)) == ["redis-4"])
            #expect(try names(NodeWord("all")).count == 6)
            #expect(throws: SystemError.self) { try names(NodeWord("primary", number: 4)) }
            #expect(bench.system.leader?.name == "redis-2" && bench.system.failover == .byItself)
            #expect(bench.lab.local.count { bench.system.answers($0) } == bench.lab.local.count)
            // Its replica takes over by itself, and is the primary from then on.
            try bench.lab.local[1].kill()
            #expect(try bench.patience.wait(upTo: 20) { bench.system.leader?.name == "redis-5" })
            #expect(try bench.patience.wait(upTo: 20) { bench.system.answers(bench.lab.local[4]) })
            #expect(!bench.system.isConverged())
            try bench.system.launch(bench.lab.local[1])
            #expect(try bench.patience.wait(upTo: 30) { bench.system.isConverged() })
            #expect(try names(NodeWord("primary", number: 2)) == ["redis-5"])
        }
    }
}
