import Glibc
import History
import Labs
import Platform
import Testing
import Workers
import Workload

@testable import Systems

/// Consumer groups on a real broker.
@Suite(.serialized, .timeLimit(.minutes(3)), .enabled(if: kafkaIsThere, kafkaIsMissing))
struct KafkaConsumerClientTests {
    private func publish(_ broker: KafkaClientBroker, _ topic: String, _ count: Int) throws {
        let rig = try KafkaRig([broker.address], streams: KafkaRig.streams(topic), identity: topic)
        #expect(try rig.publish(count).allSatisfy { $0.completion.outcome == .acked })
        _ = rig.close()
    }

    @Test(arguments: [GroupSettings.Ack.afterProcessing, .beforeProcessing])
    func whatIsAcknowledgedIsCommittedAndNotHandedOverAgain(_ ack: GroupSettings.Ack) async throws {
        try await onThread {
            let broker = try KafkaClientBroker.shared()
            let topic = "read-\(ack.rawValue)"
            try publish(broker, topic, 300)
            let first = try KafkaReadingRig(broker, topic: topic, group: topic) { $0.ack = ack }
            #expect(!first.subscriber.isReady)
            try first.wait("300 events are not handed over") {
                $0.finishAll()
                return $0.handed.count == 300
            }
            #expect(first.subscriber.isReady && first.subscriber.rebalances == 1)
            #expect(first.handed.allSatisfy { $0.event?.intact == true && $0.times == 1 })
            #expect(Set(first.places).count == 300)
            try first.wait("not everything is confirmed") { $0.committedCount == 300 }
            #expect(first.subscriber.unconfirmed == 0 && first.unconfirmed.isEmpty)
            // Of the rest one of each partition is done at the most.
            try publish(broker, topic, 20)
            try first.wait("no more events are handed over") { $0.handed.count > 300 }
            first.finish { $0 == 300 }
            try first.leave()
            try theRestComesTo(first, broker, topic, ack)
        }
    }

    private func theRestComesTo(
        _ first: KafkaReadingRig, _ broker: KafkaClientBroker, _ topic: String, _ ack: GroupSettings.Ack
    ) throws {
        let rest = 320 - first.committedCount
        #expect(rest == 19)
        let second = try KafkaReadingRig(broker, topic: topic, group: topic) { $0.ack = ack }
        try second.wait("the rest is not handed over") {
            $0.finishAll()
            return $0.handed.count >= rest
        }
        let places = Set(first.places).union(second.places)
        #expect(places.count == 320 && second.handed.count == rest)
        try second.leave()
        #expect(second.committedCount == 320 && second.subscriber.refusals == 0)
        #expect(second.subscriber.unconfirmed == 0 && second.unconfirmed.isEmpty)
    }

    /// A consumer that is to give up partitions finishes what it has in hand of them first.
    @Test(arguments: GroupSettings.Assignor.allCases)
    func anotherMemberTakesOverWithoutAnythingSkippedOrRedelivered(_ assignor: GroupSettings.Assignor) async throws {
        try await onThread {
            let broker = try KafkaClientBroker.shared()
            let topic = "joined-\(assignor.rawValue)"
            try publish(broker, topic, 90)
            let first = try KafkaReadingRig(broker, topic: topic, group: topic) { $0.assignor = assignor }
            first.isGreedy = true
            try first.wait("nothing is handed over") { $0.handed.count == 90 }
            let second = try KafkaReadingRig(broker, topic: topic, group: topic, consumers: ["reader-2"]) {
                $0.assignor = assignor
            }
            let both = [first, second]
            // All of it is in hand, and the group waits for that.
            try KafkaReadingRig.wait(both, "nothing is revoked") { first.subscriber.isGivingUp }
            for _ in 0..<100 { for rig in both { try rig.turn() } }
            #expect(first.subscriber.isGivingUp && second.handed.isEmpty && first.inHand.count == 90)
            first.finishAll()
            first.isGreedy = false
            try KafkaReadingRig.wait(both, "the second gets nothing to read") {
                for rig in both { rig.finishAll() }
                return !first.subscriber.isGivingUp && second.subscriber.isReady
            }
            for rig in both { rig.finishAll() }
            try publish(broker, topic, 60)
            try KafkaReadingRig.wait(both, "what comes later is not handed over") {
                for rig in both { rig.finishAll() }
                return first.handed.count + second.handed.count >= 150
            }
            let places = first.places + second.places
            #expect(places.count == 150 && Set(places).count == 150)
            #expect(!second.handed.isEmpty && first.subscriber.refusals + second.subscriber.refusals == 0)
            #expect(first.unconfirmed.isEmpty && second.unconfirmed.isEmpty)
            // Cooperative members keep what stays theirs: the first was never without partitions.
            #expect(first.subscriber.rebalances >= 2)
            for rig in both { try rig.leave() }
        }
    }

    @Test func theLibraryCommitsWhatItHasHandedOver() async throws {
        try await onThread {
            let broker = try KafkaClientBroker.shared()
            try publish(broker, "automatic", 100)
            let first = try KafkaReadingRig(broker, topic: "automatic", group: "automatic") {
                ($0.ack, $0.autoCommitInterval, $0.pollTimeout) = (.auto, 100_000_000, 3_000_000_000)
            }
            first.room = 40
            // Nothing of it is ever done; its hand is full, for longer than it may be silent.
            try first.wait("nothing is committed by itself") { $0.committedCount == 40 }
            let until = MonotonicClock.now() + 4_000_000_000
            try first.wait("never") { _ in MonotonicClock.now() > until }
            #expect(first.subscriber.rebalances == 1 && first.handed.count == 40)
            first.room = 200
            try first.wait("it does not go on where it was") { $0.handed.count >= 100 }
            #expect(first.handed.count == 100 && Set(first.places).count == 100)
            #expect(first.subscriber.rebalances == 1)
            try first.leave()
            #expect(first.committedCount == 100)
        }
    }

    @Test func whoAsksForNothingInTimeLosesItsPlace() async throws {
        try await onThread {
            let broker = try KafkaClientBroker.shared()
            try publish(broker, "silent", 30)
            let slow = try KafkaReadingRig(broker, topic: "silent", group: "silent") {
                ($0.sessionTimeout, $0.pollTimeout) = (1_000_000_000, 1_500_000_000)
            }
            try slow.wait("nothing is handed over") { !$0.handed.isEmpty }
            let until = MonotonicClock.now() + 3_000_000_000
            try slow.wait("never") { _ in MonotonicClock.now() > until }
            #expect(slow.subscriber.rebalances == 1)
            try slow.wait("it kept its place") {
                $0.finishAll()
                return $0.subscriber.rebalances == 2
            }
            try slow.leave()
        }
    }

    @Test func whoIsTooSlowIsOutAndItsCommitIsRefused() async throws {
        try await onThread {
            let broker = try KafkaClientBroker.shared()
            try publish(broker, "too-slow", 30)
            func rig(_ name: String) throws -> KafkaReadingRig {
                try KafkaReadingRig(broker, topic: "too-slow", group: "too-slow", consumers: [name]) {
                    ($0.sessionTimeout, $0.pollTimeout) = (1_000_000_000, 2_000_000_000)
                }
            }
            let slow = try rig("slow")
            try slow.wait("nothing is handed over") { $0.handed.count >= 1 }
            let second = try rig("quick")
            try KafkaReadingRig.wait([slow, second], "nobody takes its place") {
                second.finishAll()
                return second.handed.count == 30
            }
            slow.finishAll()
            try KafkaReadingRig.wait([slow, second], "its commit is not refused") { slow.subscriber.refusals > 0 }
            #expect(slow.unconfirmed.count == slow.handed.count && slow.committed.isEmpty)
            try KafkaReadingRig.wait([slow, second], "it does not come back") {
                second.finishAll()
                return slow.subscriber.rebalances == 2
            }
            for rig in [slow, second] { try rig.leave() }
        }
    }

    @Test(arguments: GroupSettings.Isolation.allCases)
    func whatWasAbortedIsHandedOnlyToWhoAsksForIt(_ isolation: GroupSettings.Isolation) async throws {
        try await onThread {
            let broker = try KafkaClientBroker.shared()
            let topic = "aborted-\(isolation.rawValue)"
            let settings = ["holdfast.transaction.events": "10", "holdfast.transaction.abort": "0.5"]
            let writer = try KafkaRig(
                [broker.address], streams: KafkaRig.streams(topic), settings: settings, identity: topic)
            let written = try writer.publish(200)
            try writer.finish()
            let committed = Set(writer.ended.filter { $0.state == .committed }.map(\.number))
            let wanted = written.count { isolation == .readUncommitted || committed.contains($0.transaction) }
            try #require(committed.count > 2 && committed.count < 18)
            let rig = try KafkaReadingRig(broker, topic: topic, group: topic) { $0.isolation = isolation }
            try rig.wait("not all is handed over") {
                $0.finishAll()
                return $0.handed.count >= wanted
            }
            // What comes last shows that nothing else came between.
            let last = try KafkaRig([broker.address], streams: KafkaRig.streams(topic), agents: 9, identity: "last")
            _ = try last.publish(9)
            try rig.wait("what comes last is not handed over") {
                $0.finishAll()
                return $0.handed.count >= wanted + 9
            }
            #expect(rig.handed.count == wanted + 9)
            try rig.leave()
        }
    }

    @Test func whatCannotBeProcessedComesAgainAndGoesToTheDeadLetters() async throws {
        try await onThread {
            let broker = try KafkaClientBroker.shared()
            try broker.make("dead", properties: [:])
            try publish(broker, "poisoned", 120)
            let rig = try KafkaReadingRig(
                broker, topic: "poisoned", group: "poisoned", poison: 0.05, deadLetters: "dead"
            ) { $0.deadLetterAfter = 3 }
            func isPoison(_ delivery: Int64) -> Bool {
                guard let event = rig.handed[Int(delivery)].event else { return false }
                return rig.orders.poison.isIn(agent: event.agent, seq: event.seq)
            }
            var moving: Set<Int64> = []
            try rig.wait("not all is done") { rig in
                for delivery in rig.inHand where isPoison(delivery) && !moving.contains(delivery) {
                    if rig.handed[Int(delivery)].times >= 3 {
                        moving.insert(delivery)
                        rig.move(delivery)
                    } else {
                        rig.refuse(delivery)
                    }
                }
                let moved = Set(rig.moves.map(\.delivery))
                rig.finish { !isPoison($0) || moved.contains($0) }
                return rig.committedCount == 120
            }
            let poison = Set(rig.handed.indices.filter { isPoison(Int64($0)) }.map { rig.places[$0] })
            try #require(!poison.isEmpty)
            #expect(
                rig.moves.count == poison.count && rig.moves.allSatisfy { $0.outcome == .acked && $0.position != nil })
            #expect(rig.handed.count == 120 + 2 * poison.count)
            let dead = try KafkaReplayed(broker, KafkaRig.streams("dead")).entries.filter { $0.pass == 1 }
            let moved = rig.moves.map { rig.handed[Int($0.delivery)] }
            #expect(
                Set(dead.map { "\($0.agent ?? -1) \($0.seq) \($0.crc) \($0.stream)" })
                    == Set(moved.compactMap(\.event).map { "\($0.agent) \($0.seq) \($0.crc) dead-\($0.agent % 3)" }))
            try rig.leave()
        }
    }

    @Test func aStaticMemberComesBackWithoutARebalance() async throws {
        try await onThread {
            let broker = try KafkaClientBroker.shared()
            try publish(broker, "static", 30)
            func rig(_ name: String) throws -> KafkaReadingRig {
                try KafkaReadingRig(broker, topic: "static", group: "static", consumers: [name]) { $0.isStatic = true }
            }
            let (first, stays) = (try rig("one"), try rig("two"))
            try KafkaReadingRig.wait([first, stays], "they do not share the topic") {
                for rig in [first, stays] { rig.finishAll() }
                return first.handed.count + stays.handed.count >= 30 && stays.subscriber.isReady
            }
            for rig in [first, stays] { rig.finishAll() }
            let before = stays.subscriber.rebalances
            try first.leave()
            let back = try rig("one")
            try KafkaReadingRig.wait([back, stays], "it does not come back") { back.subscriber.isReady }
            try publish(broker, "static", 30)
            try KafkaReadingRig.wait([back, stays], "not all is handed over") {
                for rig in [back, stays] { rig.finishAll() }
                return back.handed.count + stays.handed.count + first.handed.count >= 60
            }
            #expect(!back.handed.isEmpty && stays.subscriber.rebalances == before)
            for rig in [back, stays] { try rig.leave() }
        }
    }
}
