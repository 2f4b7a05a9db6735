import History
import Labs
import Platform
import Testing
import Workers
import Workload

@testable import Systems

/// What consumers of Redis take over, how often an entry was handed out by then, and where poison goes.
@Suite(.serialized, .timeLimit(.minutes(2)), withRedis)
struct RedisClaimTests {
    /// A group whose consumer `gone` was handed all and is not there any more.
    private func abandoned(_ group: GroupSettings, entries: Int) throws -> Bench {
        let bench = try Bench(groups: [group])
        try bench.start()
        try bench.addEvents(entries)
        let rig = try SubscriberRig(bench, group, names: ["gone"])
        try rig.settle { rig.handed.count == entries }
        return bench
    }

    @Test func whatItsHolderLeftIsTakenOver() async throws {
        try await onThread {
            let group = GroupSettings.test(batch: 4)
            let bench = try abandoned(group, entries: 10)
            let rig = try SubscriberRig(bench, group)
            rig.room = 4
            try rig.settle { rig.handed.count >= 10 }
            #expect(rig.handed.count == 10 && rig.handed.allSatisfy { $0.times == 2 && $0.event != nil })
            rig.acknowledge(Array(0..<10))
            try rig.settle { rig.acked.count == 10 }
            #expect(try bench.system.backlog(of: group).isEmpty)
        }
    }

    @Test func whoNeverClaimsReadsOnlyWhatIsNew() async throws {
        try await onThread {
            let group = GroupSettings.test(claim: nil)
            let bench = try abandoned(group, entries: 10)
            let rig = try SubscriberRig(bench, group, names: ["c-1", "gone"])
            try rig.settle { rig.subscriber.isReady }
            try bench.addEvents(2, from: 50)
            try rig.settle { rig.handed.count >= 2 }
            #expect(rig.handed.compactMap { $0.event?.seq }.sorted() == [50, 51])
            #expect(try bench.pending(group) == 12)
        }
    }

    @Test func whoComesBackTakesItsOwnFirst() async throws {
        try await onThread {
            let group = GroupSettings.test(claim: 3_600_000)
            let bench = try abandoned(group, entries: 3)
            try bench.addEvents(2, from: 50)
            let rig = try SubscriberRig(bench, group, names: ["gone"])
            try rig.settle { rig.handed.count >= 5 }
            #expect(rig.handed.compactMap { $0.event?.seq } == [0, 1, 2, 50, 51])
            #expect(rig.handed.map(\.times) == [2, 2, 2, 1, 1])
        }
    }

    /// It idles at the server, and is worked on here.
    @Test func whatIsInHandIsNotTakenOverAndWhatWasRefusedIs() async throws {
        try await onThread {
            let group = GroupSettings.test(claim: 30)
            let bench = try Bench(groups: [group])
            try bench.start()
            try bench.addEvents(5)
            let rig = try SubscriberRig(bench, group, names: ["c-1", "c-2"])
            try rig.settle { rig.handed.count == 5 }
            let stream = bench.system.streams[0]
            let control = try bench.connect()
            try rig.settle {
                let idle = try control.call(["XPENDING", stream, "g", "IDLE", "300", "-", "+", "9"], within: 5)
                if case .array(let lines) = idle { return lines.count == 5 }
                return false
            }
            #expect(rig.handed.count == 5)
            rig.refuse(3)
            try rig.settle { rig.handed.count > 5 }
            #expect(rig.handed.last?.event?.seq == rig.handed[3].event?.seq && rig.handed.last?.times == 2)
            rig.acknowledge([5])
            try rig.settle { rig.acked == [5] }
            #expect(try bench.pending(group) == 4 && rig.handed.count == 6)
        }
    }

    @Test func trimmedEntriesAreNeitherHandedOutNorPendingForEver() async throws {
        try await onThread {
            let group = GroupSettings.test()
            let bench = try abandoned(group, entries: 10)
            let stream = bench.system.streams[0]
            #expect(try bench.system.command(try bench.node, ["XTRIM", stream, "MAXLEN", "3"]) == "7")
            #expect(try bench.pending(group) == 10)
            #expect(try bench.system.groupEnds(patience: bench.patience)[0].pending.count == 10)
            let rig = try SubscriberRig(bench, group)
            rig.room = 2
            try rig.settle { try rig.handed.count == 3 && bench.pending(group) == 3 }
            #expect(rig.handed.compactMap { $0.event?.seq } == [7, 8, 9])
            rig.acknowledge([0, 1, 2])
            try rig.settle { rig.acked.count == 3 }
            #expect(try bench.system.backlog(of: group).isEmpty)
        }
    }

    // MARK: Dead letters

    @Test func poisonGoesToTheDeadLettersOnceAndTheRestDoesNot() async throws {
        try await onThread {
            let group = GroupSettings.test(claim: 20, dead: 3)
            let bench = try Bench(groups: [group])
            try bench.start()
            try bench.addEvents(40)
            let poison = Poison(share: 0.3, seed: 1)
            let bad = (0..<Int64(40)).filter { poison.isIn(agent: 0, seq: $0) }
            let rig = try SubscriberRig(bench, group, poison: 0.3)
            var next = 0
            try rig.settle("poison") {
                while next < rig.handed.count {
                    let (delivery, one) = (Int64(next), rig.handed[next])
                    next += 1
                    guard bad.contains(one.event?.seq ?? -1) else {
                        rig.acknowledge([delivery])
                        continue
                    }
                    if one.times < 3 { rig.refuse(delivery) } else { rig.move(delivery) }
                }
                return rig.acked.count == 40
            }
            #expect(!bad.isEmpty && rig.handed.count == 40 + 2 * bad.count)
            #expect(rig.moved.allSatisfy { $0.outcome == .acked })
            let dead = try Rig.entries(bench, bench.system.deadStreams(of: group)[0])
            #expect(dead.values.map(\.seq).sorted() == bad)
            #expect(Set(rig.moved.map(\.position)) == Set(dead.keys.map(Optional.some)))
            #expect(dead.values.allSatisfy { $0.intact && $0.intended == 7 })
            #expect(try bench.system.backlog(of: group).isEmpty)
        }
    }

    @Test(arguments: [true, false])
    func aMoveThatIsNotConfirmedIsUnknownOrProvenNotToBe(lost: Bool) async throws {
        try await onThread {
            let group = GroupSettings.test(claim: nil, dead: 1)
            let bench = try Bench(groups: [group])
            try bench.start()
            try bench.addEvents(2)
            let rig = try SubscriberRig(bench, group, poison: 1)
            try rig.settle { rig.handed.count == 2 }
            if lost {
                try bench.node.pause()
                rig.move(0)
                try bench.node.kill()
                rig.move(1)
            } else {
                #expect(try bench.connect().call(["REPLICAOF", "127.0.0.1", "1"], within: 5) == .status("OK"))
                rig.move(0)
                rig.move(1)
            }
            try rig.settle { rig.moved.count == 2 }
            #expect(rig.moved[0].outcome == (lost ? .unknown : .failed), "\(rig.moved)")
            if !lost {
                #expect(rig.moved.allSatisfy { $0.reason.hasPrefix("READONLY") }, "\(rig.moved)")
                #expect(try bench.length(bench.system.deadStreams(of: group)[0]) == 0)
                #expect(try bench.pending(group) == 2)
            }
            #expect(rig.acked.isEmpty && rig.subscriber.unconfirmed == 0)
        }
    }
}
