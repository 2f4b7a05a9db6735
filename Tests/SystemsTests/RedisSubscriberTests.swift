import History
import Labs
import Platform
import Testing
import Workers
import Workload

@testable import Systems

/// The consumers' client against real servers: what it hands over, what the server then holds pending, and what it says
/// of acknowledgements.
@Suite(.serialized, .timeLimit(.minutes(2)), withRedis)
struct RedisSubscriberTests {
    private func started(_ group: GroupSettings, streams: RedisSettings.Streams = .one) throws -> Bench {
        let bench = try Bench(streams: streams, groups: [group])
        try bench.start()
        return bench
    }

    @Test func whatIsThereIsHandedOverOnceAndDoneWhenAcknowledged() async throws {
        try await onThread {
            let group = GroupSettings.test()
            let bench = try started(group, streams: .number(2))
            #expect(try bench.system.backlog(of: group).isEmpty)
            let added = [try bench.addEvents(30, agent: 0), try bench.addEvents(20, agent: 1, to: 1)]
            #expect(try bench.system.backlog(of: group) == Backlog(unread: 50, pending: 0))
            #expect(try bench.system.groupEnds(patience: bench.patience).allSatisfy { $0.passed == nil })
            let rig = try SubscriberRig(bench, group, names: ["c-1", "c-2"])
            try rig.settle { rig.subscriber.isReady && rig.handed.count >= 50 }
            for (stream, positions) in added.enumerated() {
                #expect(rig.handed.filter { Int($0.stream) == stream }.map(\.position).sorted() == positions)
            }
            #expect(rig.handed.allSatisfy { Int64($0.stream) == $0.event?.agent && $0.times == 1 })
            #expect(try bench.system.backlog(of: group) == Backlog(unread: 0, pending: 50))
            rig.acknowledge(Array(0..<20))
            #expect(rig.subscriber.unconfirmed == 20)
            try rig.settle { rig.acked.count >= 20 }
            #expect(rig.acked.sorted() == Array(0..<20) && rig.subscriber.unconfirmed == 0)
            let ends = try bench.system.groupEnds(patience: bench.patience)
            #expect(ends.map(\.passed) == added.map(\.last))
            let open = Set(rig.handed[20...].map { "\($0.stream) \($0.position)" })
            #expect(
                Set(ends.enumerated().flatMap { index, end in end.pending.map { "\(index) \($0)" } }) == open)
            rig.acknowledge(Array(20..<50))
            try rig.settle { rig.acked.count >= 50 }
            #expect(try bench.system.backlog(of: group).isEmpty && rig.unconfirmed.isEmpty)
        }
    }

    @Test func withoutRoomNothingIsAskedFor() async throws {
        try await onThread {
            let group = GroupSettings.test()
            let bench = try started(group)
            try bench.addEvents(5)
            let rig = try SubscriberRig(bench, group)
            rig.room = 0
            try rig.settle { rig.subscriber.isReady }
            for _ in 0..<20 { try rig.turn() }
            #expect(try bench.system.backlog(of: group) == Backlog(unread: 5, pending: 0))
            rig.room = 2
            try rig.settle { !rig.handed.isEmpty }
            #expect(rig.handed.count == 2, "a read asks for no more than there is room for")
        }
    }

    @Test func withNoAcknowledgementsNothingIsPending() async throws {
        try await onThread {
            let group = GroupSettings.test(ack: .none)
            let bench = try started(group)
            try bench.addEvents(10)
            let rig = try SubscriberRig(bench, group)
            try rig.settle { rig.handed.count >= 10 }
            #expect(try bench.system.backlog(of: group).isEmpty && rig.subscriber.unconfirmed == 0)
        }
    }

    /// It asks the server to let the blocked read go: nothing may be handed to a consumer that is not there.
    @Test func whoLeavesHasNoReadBehindIt() async throws {
        try await onThread {
            var group = GroupSettings.test()
            group.block = 60_000_000_000
            let bench = try started(group)
            let rig = try SubscriberRig(bench, group)
            try rig.settle {
                try rig.subscriber.isReady
                    && bench.connect().call(["INFO", "clients"], within: 5).info("blocked_clients") == "1"
            }
            try rig.leave()
            let calls = try bench.connect().call(["INFO", "commandstats"], within: 5)
            #expect(calls.info("cmdstat_client|unblock")?.hasPrefix("calls=1,") == true)
            try bench.addEvents(3)
            #expect(try bench.system.backlog(of: group) == Backlog(unread: 3, pending: 0))
        }
    }

    /// XACK may be said twice. Only what the server then takes off the pending ones is confirmed: of the rest it may have
    /// lost all progress.
    @Test(arguments: [true, false])
    func whatIsDoneAndUnansweredIsToldAgain(survives: Bool) async throws {
        try await onThread {
            let group = GroupSettings.test(claim: nil)
            let bench = try started(group)
            try bench.addEvents(4)
            let rig = try SubscriberRig(bench, group)
            try rig.settle { rig.handed.count == 4 }
            if survives { #expect(try bench.system.command(try bench.node, ["SAVE"]) == "OK") }
            try bench.node.pause()
            rig.acknowledge([0, 1, 2])
            try bench.node.kill()
            #expect(rig.acked.isEmpty && rig.subscriber.unconfirmed == 3)
            #expect(try bench.restart().answered)
            try rig.settle { rig.subscriber.unconfirmed == 0 }
            #expect(rig.acked == (survives ? [0, 1, 2] : []) && rig.unconfirmed == (survives ? [] : [0, 1, 2]))
            if survives { #expect(try bench.pending(group) == 1) }
        }
    }

    /// Whoever must not begin before the answer does not begin without one.
    @Test func anAnswerThatIsLostLeavesAnAcknowledgementBeforeTheWorkUnconfirmed() async throws {
        try await onThread {
            var group = GroupSettings.test(claim: nil)
            group.ack = .beforeProcessing
            let bench = try started(group)
            try bench.addEvents(4)
            let rig = try SubscriberRig(bench, group)
            try rig.settle { rig.handed.count == 4 }
            try bench.node.pause()
            rig.acknowledge([0, 1, 2])
            try bench.node.kill()
            try rig.settle { rig.unconfirmed.count == 3 }
            #expect(rig.acked.isEmpty && rig.subscriber.unconfirmed == 0)
        }
    }

    /// Nobody else makes what a server lost with its data: the group begins again as it began.
    @Test func aGroupThatIsGoneIsMadeAgain() async throws {
        try await onThread {
            let group = GroupSettings.test()
            let bench = try started(group)
            try bench.addEvents(4)
            let rig = try SubscriberRig(bench, group)
            try rig.settle { rig.handed.count == 4 }
            try bench.node.kill()
            #expect(try bench.restart().answered)
            try rig.settle { rig.subscriber.isReady }
            try bench.addEvents(6, from: 10)
            try rig.settle { rig.handed.count == 10 }
            #expect(rig.handed[4...].compactMap { $0.event?.seq } == Array(10..<16))
            #expect(try bench.system.command(try bench.node, ["FLUSHALL"]) == "OK")
            try bench.addEvents(1, from: 20)
            try rig.settle("after FLUSHALL") { rig.handed.count == 11 }
        }
    }

    @Test(arguments: ["follow", "pinned"])
    func consumersGoToWhoeverLeads(clients: String) async throws {
        try await onThread {
            let group = GroupSettings.test()
            let (old, new) = (try started(group), try started(group))
            try old.addEvents(3)
            try new.addEvents(5, from: 100)
            let rig = try SubscriberRig(old, group, clients: clients)
            try rig.settle { rig.handed.count == 3 }
            #expect(try old.connect().call(["REPLICAOF", "127.0.0.1", "1"], within: 5) == .status("OK"))
            rig.acknowledge([0, 1])
            try rig.settle { rig.subscriber.refusals >= 2 }
            #expect(rig.acked.isEmpty && rig.subscriber.unconfirmed == 2)
            rig.use(["\(try new.node.address):6379"])
            try rig.settle { rig.subscriber.isReady && rig.handed.count == 8 }
            rig.acknowledge(Array(3..<8))
            try rig.settle { rig.subscriber.unconfirmed == 0 }
            // The other has never heard of what the first was asked.
            #expect(rig.acked == Array(3..<8) && rig.unconfirmed == [0, 1])
            #expect(try new.system.backlog(of: group).isEmpty)
        }
    }

    @Test func pinnedConsumersStayWhereTheyAre() async throws {
        try await onThread {
            let group = GroupSettings.test()
            let (old, new) = (try started(group), try started(group))
            try new.addEvents(5, from: 100)
            let rig = try SubscriberRig(old, group, clients: "pinned")
            try rig.settle { rig.subscriber.isReady }
            rig.use(["\(try new.node.address):6379"])
            try old.addEvents(3)
            try rig.settle { rig.handed.count == 3 }
            #expect(rig.handed.compactMap { $0.event?.seq } == [0, 1, 2])
        }
    }
}
