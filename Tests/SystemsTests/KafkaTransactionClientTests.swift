import Foundation
import History
import Labs
import Platform
import Testing
import Workers
import Workload

@testable import Systems

/// Transactions against a real broker.
@Suite(.serialized, .enabled(if: kafkaIsThere, kafkaIsMissing), .timeLimit(.minutes(3)))
struct KafkaTransactionClientTests {
    private static func rig(
        _ broker: KafkaClientBroker, _ topic: String, identity: String, abort: String = "0", events: String = "50"
    ) throws -> KafkaRig {
        try KafkaRig(
            [broker.address], streams: KafkaRig.streams(topic), agents: 6,
            settings: ["holdfast.transaction.events": events, "holdfast.transaction.abort": abort], inFlight: 4,
            identity: identity)
    }

    @Test func whatIsCommittedIsReadAsAWholeAndWhatIsAbortedIsNot() async throws {
        try await onThread {
            let broker = try KafkaClientBroker.shared()
            let rig = try Self.rig(broker, "transactional", identity: "whole", abort: "0.4")
            let done = try rig.publish(1_030)
            try rig.finish()
            let ended = rig.ended
            #expect(rig.close().isEmpty)
            // The last one is not full.
            #expect(ended.map(\.number) == Array(1...21))
            #expect(ended.allSatisfy { $0.state != .unknown && $0.begun != nil })
            let aborted = Set(ended.filter { $0.state == .aborted }.map(\.number))
            #expect(!aborted.isEmpty && aborted.count < 21)
            #expect(done.allSatisfy { $0.completion.outcome == .acked && $0.completion.position != nil })
            let sizes = Dictionary(grouping: done, by: \.transaction).mapValues(\.count)
            #expect(sizes.count == 21 && sizes[21] == 30 && sizes.filter { $0.key < 21 }.allSatisfy { $0.value == 50 })

            func key(_ agent: Int64?, _ seq: Int64) -> String { "\(agent ?? -1) \(seq)" }
            let all = Set(done.map { key($0.attempt.event.agent, $0.attempt.event.seq) })
            let whole = done.filter { !aborted.contains($0.transaction) }
            let committed = Set(whole.map { key($0.attempt.event.agent, $0.attempt.event.seq) })
            let streams = KafkaRig.streams("transactional")
            let read = try KafkaReplayed(broker, streams, isolation: .committed).entries.filter { $0.pass == 1 }
            #expect(read.count == committed.count && Set(read.map { key($0.agent, $0.seq) }) == committed)
            let log = try KafkaReplayed(broker, streams).entries.filter { $0.pass == 1 }
            #expect(log.count == 1_030 && Set(log.map { key($0.agent, $0.seq) }) == all)
        }
    }

    @Test func theOneWhoseIdentityIsTakenIsFencedAndItsTransactionIsAborted() async throws {
        try await onThread {
            let broker = try KafkaClientBroker.shared()
            let first = try Self.rig(broker, "fenced", identity: "same", events: "100")
            let before = try first.publish(20)
            #expect(before.allSatisfy { $0.completion.outcome == .acked } && first.ended.isEmpty)
            let second = try Self.rig(broker, "fenced", identity: "same", events: "10")
            try second.settle { second.publisher.isConnected }
            _ = try second.publish(10)
            try second.finish()
            // It hears of it with its next events, or when it asks for the end.
            try first.begin(5)
            try first.settle { first.publisher.fenced != nil }
            #expect(first.publisher.fenced?.contains("fenced") == true, "\(first.publisher.fenced ?? "")")
            try first.finish()
            #expect(first.ended.map(\.number) == [1] && first.ended.allSatisfy { $0.state == .aborted })
            #expect(first.taken.count == 5 && first.taken.allSatisfy { $0.outcome != .acked })
            #expect(second.ended.map(\.state) == [.committed])
            let read = try KafkaReplayed(broker, KafkaRig.streams("fenced"), isolation: .committed)
            #expect(read.entries.filter { $0.pass == 2 }.count == 10)
        }
    }

    /// It has lost its place, and nothing else is wrong with it.
    @Test func aProducerThatIsFencedEndsInGoodOrderAndSaysSo() async throws {
        try await onThread {
            let broker = try KafkaClientBroker.shared()
            let play = try KafkaPlay(
                broker, topic: "lost-place", rate: 400, settings: ["holdfast.transaction.events": "40"])
            let (found, log) = try play.runProcess(nanoseconds: 60_000_000_000) { producer in
                let acked = try TestPatience().wait(upTo: 20) { producer.poll().acked > 100 }
                try #require(acked)
                let other = try Self.rig(broker, "lost-place", identity: "player")
                try other.settle { other.publisher.isConnected }
                #expect(producer.wait(upTo: .seconds(20)) == .exited(0))
                let status = producer.poll()
                #expect(status.done == true && status.inFlight == 0)
                #expect(status.fenced?.hasPrefix("_FENCED") == true, "\(status)")
            }
            #expect(log.contains("player: fenced: _FENCED"))
            // What it had open, and never asked to commit, is aborted; or its commit was asked for, and nobody knows.
            let last = try #require(found.transactions.max { $0.t < $1.t })
            #expect(last.state != .committed)
            #expect(found.transactions.filter { $0.state == .committed }.count > 1)
        }
    }

    @Test func aRateThatNeverFillsOneCommitsAllTheSame() async throws {
        try await onThread {
            let broker = try KafkaClientBroker.shared()
            let rig = try Self.rig(broker, "slow", identity: "slow", events: "1000")
            _ = try rig.publish(3)
            try rig.settle { !rig.ended.isEmpty }
            #expect(rig.ended.map(\.state) == [.committed])
        }
    }

    /// The library's own time-outs must not be beyond the transaction's: ours give way, a suite's own are refused.
    @Test func timeOutsFitIntoTheTransaction() throws {
        let settings = ["holdfast.transaction.events": "10", "transaction.timeout.ms": "3000"]
        _ = try KafkaRig(["127.0.0.1:1"], streams: ["t-0"], settings: settings)
        let error = #expect(throws: WorkerError.self) {
            try KafkaRig(
                ["127.0.0.1:1"], streams: ["t-0"],
                settings: settings.merging(["message.timeout.ms": "60000"]) { $1 })
        }
        #expect(error?.description.contains("message.timeout.ms") == true, "\(error?.description ?? "")")
    }

    @Test func theSameSeedAbortsTheSameTransactions() {
        func plan(_ identity: String, _ seed: UInt64) -> [Int64] {
            let plan = KafkaTransactionPlan(limit: 1, share: 0.05, seed: seed, identity: identity)
            return (1...2_000).filter { plan.isToBeAborted($0) }
        }
        #expect(plan("a", 1) == plan("a", 1) && plan("a", 1) != plan("b", 1) && plan("a", 1) != plan("a", 2))
        #expect((60...140).contains(plan("a", 1).count))
    }

    /// A whole producer: what it begins it ends, and its history says which event was in which transaction.
    @Test func aProducersHistoryHoldsItsTransactions() async throws {
        try await onThread {
            let broker = try KafkaClientBroker.shared()
            let play = try KafkaPlay(
                broker, topic: "played", rate: 400,
                settings: ["holdfast.transaction.events": "40", "holdfast.transaction.abort": "0.3"])
            let history = try play.run(nanoseconds: 1_500_000_000)
            let ids = Set(history.attempts.map(\.transaction))
            #expect(ids.count > 5 && ids.allSatisfy { $0.hasPrefix("player.1/") })
            #expect(Set(history.transactions.map(\.id)) == ids && history.transactions.count == ids.count)
            #expect(history.transactions.allSatisfy { $0.state != .unknown && $0.begun <= $0.t && $0.begun > 0 })
            #expect(history.attempts.count > 300)
        }
    }
}
