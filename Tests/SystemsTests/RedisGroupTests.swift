import History
import Labs
import Platform
import Testing
import Workers
import Workload

@testable import Systems

/// What the systems say of groups and streams.
@Suite(.serialized, .timeLimit(.minutes(3)), withRedis)
struct RedisGroupTests {
    @Test func whatIsUnreadIsCountedWhateverWasTrimmed() async throws {
        try await onThread {
            let group = GroupSettings.test()
            let bench = try Bench(groups: [group])
            try bench.start()
            try bench.addEvents(10)
            let (node, stream) = (try bench.node, bench.system.streams[0])
            func backlog() throws -> Int64 { try bench.system.backlog(of: group).unread }
            _ = try bench.system.command(node, ["XREADGROUP", "GROUP", "g", "c", "COUNT", "2", "STREAMS", stream, ">"])
            #expect(try backlog() == 8)
            #expect(try bench.system.command(node, ["XTRIM", stream, "MAXLEN", "3"]) == "7")
            #expect(try backlog() == 3)
            let last = try bench.system.command(node, ["XADD", stream, "*", "e", "x"])
            #expect(try bench.system.command(node, ["XGROUP", "SETID", stream, "g", "1-1"]) == "OK")
            #expect(try backlog() == 4)
            #expect(try bench.system.command(node, ["XGROUP", "SETID", stream, "g", last]) == "OK")
            #expect(try backlog() == 0)
            #expect(try bench.system.command(node, ["XTRIM", stream, "MAXLEN", "0"]) == "4")
            #expect(try backlog() == 0)
            #expect(try bench.system.groupEnds(patience: bench.patience)[0].passed == EntryID.parse(last))
            #expect(try bench.system.command(node, ["XGROUP", "DESTROY", stream, "g"]) == "1")
            try bench.addEvents(2)
            #expect(try backlog() == 2)
            #expect(try bench.system.groupEnds(patience: bench.patience)[0].passed == nil)
        }
    }

    @Test func aGroupThatStartsAtTheEndIsNotHandedWhatWasBefore() async throws {
        try await onThread {
            var late = GroupSettings.test("late")
            late.start = .end
            let bench = try Bench(groups: [.test("early"), late])
            try bench.start()
            try bench.addEvents(3)
            let groups = RedisGroups(streams: bench.system.streams, groups: [.test("second"), late])
            _ = try bench.system.command(try bench.node, ["XGROUP", "DESTROY", bench.system.streams[0], "late"])
            try groups.make(on: try bench.system.leadingServer())
            #expect(try bench.system.backlog(of: late).unread == 0)
            #expect(try bench.system.backlog(of: .test("second")).unread == 3)
        }
    }

    @Test func aStreamIsReadFromAPositionToItsEnd() async throws {
        try await onThread {
            let bench = try Bench(streams: .number(2))
            try bench.start()
            let positions = try bench.addEvents(2005, to: 1)
            func read(_ stream: Int, from: Position?) throws -> [Position] {
                var found: [Position] = []
                let count = try bench.system.read(stream: stream, from: from, patience: bench.patience) {
                    position, event in
                    #expect(event?.seq == Int64(positions.firstIndex(of: position) ?? -1))
                    found.append(position)
                }
                #expect(count == found.count)
                return found
            }
            #expect(try read(1, from: nil) == positions)
            #expect(try read(1, from: positions[1000]) == Array(positions[1001...]))
            #expect(try read(1, from: positions[2004]).isEmpty && read(0, from: nil).isEmpty)
        }
    }

    /// A promoted replica has the groups, and what they had read and acknowledged.
    @Test func groupsAreWhereTheirStreamsAre() async throws {
        try await onThread {
            let group = GroupSettings.test(dead: 2)
            let bench = try ReplicatedBench(replicas: 1, groups: [group])
            try bench.start()
            #expect(try bench.call(2, "XINFO", "GROUPS", bench.system.streams[0]).text.contains("g\nconsumers"))
            try bench.add(4)
            let stream = bench.system.streams[0]
            _ = try bench.call(1, "XREADGROUP", "GROUP", "g", "c", "COUNT", "3", "STREAMS", stream, ">")
            let before = try bench.system.groupEnds(patience: bench.patience)[0]
            #expect(before.pending.count == 3 && before.passed == before.pending.last)
            #expect(try bench.converges())
            _ = try bench.system.promote(bench.node(2), patience: bench.patience)
            try bench.node(1).kill()
            #expect(try bench.system.backlog(of: group) == Backlog(unread: 1, pending: 3))
            let after = try bench.system.groupEnds(patience: bench.patience)[0]
            #expect(after.pending == before.pending && after.passed == before.passed)
            #expect(bench.system.subscription(of: group).client.addresses == ["\(bench.node(2).address):6379"])
        }
    }

    @Test(arguments: [("5", 5...5), ("~5", 6...200)])
    func aStreamIsCutToItsLength(maxlen: String, kept: ClosedRange<Int>) async throws {
        try await onThread {
            let bench = try Bench()
            try bench.start()
            let rig = try Rig(address: "\(try bench.node.address):6379", agents: 2, inFlight: 8, maxlen: maxlen)
            try rig.settle { rig.publisher.isConnected }
            #expect(try rig.publish(350).allSatisfy { $0.completion.outcome == .acked })
            #expect(kept.contains(try bench.length(Rig.stream)))
        }
    }
}
