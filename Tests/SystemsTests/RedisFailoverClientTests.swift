import Glibc
import History
import Labs
import Platform
import Testing
import Workers

@testable import Systems

/// Where a publisher goes when its server is a replica now, is gone, or stands still.
@Suite(.serialized, .timeLimit(.minutes(2)), withRedis)
struct RedisFailoverClientTests {
    /// Two servers, and a publisher that has the first.
    private struct Pair {
        let old: Bench
        let new: Bench
        let rig: Rig

        init(clients: String, timeout: Int64 = 5_000_000_000) throws {
            (old, new) = (try Bench(), try Bench())
            try old.start()
            try new.start()
            rig = try Rig(
                address: "\(try old.node.address):6379", agents: 4, timeout: timeout, clients: clients)
            try rig.settle { [rig] in rig.publisher.isConnected }
            #expect(try rig.publish(8).allSatisfy { $0.completion.outcome == .acked })
        }

        func tell() throws { rig.move(to: ["\(try new.node.address):6379"]) }

        func demote() throws {
            #expect(try old.connect().call(["REPLICAOF", "127.0.0.1", "1"], within: 5) == .status("OK"))
        }

        func outcomes(_ count: Int) throws -> [String] {
            try rig.publish(count).map { "\($0.completion.outcome) \(rig.publisher.reason($0.completion.reason))" }
        }

        /// Events in the old log and in the new one.
        var lengths: [Int] {
            get throws { [try old.length(Rig.stream), try new.length(Rig.stream)] }
        }
    }

    @Test func followersGoWhereTheyAreTold() async throws {
        try await onThread {
            let pair = try Pair(clients: "follow")
            try pair.tell()
            #expect(try pair.outcomes(8).allSatisfy { $0.hasPrefix("acked") })
            #expect(try pair.lengths == [8, 8])
        }
    }

    @Test func pinnedClientsStayUntilTheirServerIsAReplica() async throws {
        try await onThread {
            let pair = try Pair(clients: "pinned")
            try pair.tell()
            #expect(try pair.outcomes(8).allSatisfy { $0.hasPrefix("acked") })
            #expect(try pair.lengths == [16, 0])
            try pair.demote()
            let refused = try pair.outcomes(4)
            #expect(refused.allSatisfy { $0.hasPrefix("failed") }, "\(refused)")
            #expect(refused.contains { $0.contains("READONLY") }, "\(refused)")
            try pair.rig.settle { pair.rig.publisher.isConnected }
            #expect(try pair.outcomes(8).allSatisfy { $0.hasPrefix("acked") })
            #expect(try pair.lengths == [16, 8])
        }
    }

    /// Whether it hears first of the new primary or from the old one that it is none.
    @Test(arguments: ["pinned", "follow"])
    func aReplicaIsLeftAsSoonAsThereIsSomewhereToGo(clients: String) async throws {
        try await onThread {
            let pair = try Pair(clients: clients)
            try pair.demote()
            #expect(try pair.outcomes(8).allSatisfy { $0.hasPrefix("failed READONLY") })
            try pair.tell()
            try pair.rig.settle { pair.rig.publisher.isConnected }
            #expect(try pair.outcomes(8).allSatisfy { $0.hasPrefix("acked") })
            #expect(try pair.lengths == [8, 8])
        }
    }

    @Test func pinnedClientsLeaveAServerThatTakesNoConnection() async throws {
        try await onThread {
            let pair = try Pair(clients: "pinned")
            try pair.old.node.kill()
            try pair.rig.settle { !pair.rig.publisher.isConnected }
            #expect(try pair.outcomes(4).allSatisfy { $0.hasPrefix("failed") })
            try pair.tell()
            try pair.rig.settle { pair.rig.publisher.isConnected }
            #expect(try pair.outcomes(8).allSatisfy { $0.hasPrefix("acked") })
            #expect(try pair.new.length(Rig.stream) == 8)
        }
    }

    @Test func pinnedClientsStayWithAServerThatStandsStill() async throws {
        try await onThread {
            let pair = try Pair(clients: "pinned", timeout: 200_000_000)
            try pair.old.node.pause()
            try pair.tell()
            #expect(try pair.outcomes(4).allSatisfy { $0.hasPrefix("unknown time-out") })
            try pair.old.node.resume()
            try pair.rig.settle { pair.rig.publisher.isConnected }
            #expect(try pair.outcomes(4).allSatisfy { $0.hasPrefix("acked") })
            #expect(try pair.new.length(Rig.stream) == 0)
        }
    }
}
