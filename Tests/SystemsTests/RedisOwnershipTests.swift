import History
import Labs
import Platform
import Testing
import Workers
import Workload

@testable import Systems

/// Streams that are one consumer's at a time: who gets which, and what becomes of them when one is gone.
@Suite(.serialized, .timeLimit(.minutes(2)), withRedis)
struct RedisOwnershipTests {
    private static let streams = 4
    private static let group: GroupSettings = {
        var group = GroupSettings.test(claim: 400)
        group.block = 50_000_000
        return group
    }()

    private func bench() throws -> Bench {
        let bench = try Bench(streams: .number(Self.streams), groups: [Self.group])
        try bench.start()
        return bench
    }

    private func rig(_ bench: Bench, _ name: String) throws -> SubscriberRig {
        try SubscriberRig(bench, Self.group, names: [name], owns: true)
    }

    private func owned(_ rig: SubscriberRig) -> Set<Int32> {
        Set((0..<Int32(Self.streams)).filter { rig.subscriber.owns($0, now: MonotonicClock.now()) })
    }

    /// Drives both until it is so, and looks all the time whether a stream is ever two's.
    private func settle(_ one: SubscriberRig, _ other: SubscriberRig, _ condition: () throws -> Bool) throws {
        try one.settle {
            try other.turn()
            #expect(owned(one).isDisjoint(with: owned(other)))
            return try condition()
        }
    }

    @Test func aloneItHasAllAndSharesWithWhoComes() async throws {
        try await onThread {
            let bench = try bench()
            let first = try rig(bench, "b-1")
            try first.settle { owned(first).count == Self.streams }
            // What is in hand stays in hand: it is given up only after that.
            try bench.addEvents(3, agent: 3, to: 3)
            try first.settle { first.handed.count == 3 }
            #expect(EventCodec.decode(Array(first.values.prefix(Int(first.handed[0].valueLength))))?.agent == 3)
            first.room = 0
            let second = try rig(bench, "b-2")
            try settle(first, second) { second.subscriber.isReady && owned(second).isEmpty }
            first.acknowledge([0, 1, 2])
            first.room = 100
            try settle(first, second) { owned(first).count == 2 && owned(second).count == 2 }
            for stream in 0..<Self.streams { try bench.addEvents(2, agent: Int64(stream), from: 10, to: stream) }
            try settle(first, second) { first.handed.count - 3 + second.handed.count == 2 * Self.streams }
            #expect(second.handed.count == 4 && Set(second.handed.map(\.stream)) == owned(second))
            // Who leaves in good order leaves at once.
            second.acknowledge([0, 1, 2, 3])
            try second.settle { second.acked.count == 4 }
            try second.leave()
            try first.settle { owned(first).count == Self.streams }
        }
    }

    /// Whoever takes a stream over takes what was left pending first, and all of it, however short it idles: order is kept.
    @Test(arguments: [false, true])
    func whatTheOneBeforeLeftComesBeforeWhatIsNew(inGoodOrder: Bool) async throws {
        try await onThread {
            let bench = try bench()
            let dead = try rig(bench, "b-1")
            try dead.settle { owned(dead).count == Self.streams }
            try bench.addEvents(300, agent: 2, to: 2)
            dead.room = 300
            try dead.settle { dead.handed.count == 300 }
            if inGoodOrder { try dead.leave() }
            try bench.addEvents(5, agent: 2, from: 300, to: 2)
            let heir = try rig(bench, "b-2")
            heir.room = 50
            // Nobody drives the first one any more: it is gone, or its lease runs out, by its own clock, too.
            try heir.settle { heir.handed.count == 305 }
            #expect(heir.handed.compactMap { $0.event?.seq } == Array(0..<305))
            #expect(heir.handed.prefix(300).allSatisfy { $0.times == 2 })
            #expect((inGoodOrder || owned(dead).isEmpty) && owned(heir).count == Self.streams)
            if inGoodOrder { return }
            // Back again, it gets its share, and nothing of what it had then.
            dead.room = 100
            heir.acknowledge(Array(0..<305))
            try settle(heir, dead) { owned(dead).count == 2 && owned(heir).count == 2 }
            // At the most what a read of its brought that stood at the server as it fell silent.
            #expect(dead.handed.dropFirst(300).allSatisfy { $0.event?.seq ?? 0 >= 300 })
            #expect(dead.handed.count <= 305)
        }
    }

    /// Where streams have no owners: who waits with something in hand is not dead, and who is not heard of is.
    @Test func whoWaitsKeepsWhatItHas() async throws {
        try await onThread {
            let group = GroupSettings.test(claim: 300)
            let bench = try Bench(groups: [group])
            try bench.start()
            let first = try SubscriberRig(bench, group, names: ["b-1"], keeps: true)
            try bench.addEvents(5)
            try first.settle { first.handed.count == 5 }
            first.room = 0
            let second = try SubscriberRig(bench, group, names: ["b-2"], keeps: true)
            let end = MonotonicClock.now() + 1_500_000_000
            try first.settle {
                try second.turn()
                return MonotonicClock.now() >= end
            }
            #expect(second.subscriber.isReady && second.handed.isEmpty)
            try second.settle { second.handed.count == 5 }
            #expect(second.handed.allSatisfy { $0.times == 2 })
        }
    }
}
