import Glibc
import History
import Labs
import Platform
import Testing
import Workers
import Workload

@testable import Systems

/// The publisher against a real broker.
@Suite(.serialized, .enabled(if: kafkaIsThere, kafkaIsMissing), .timeLimit(.minutes(3)))
struct KafkaPublisherClientTests {
    @Test(arguments: ["1", "all"])
    func acknowledgedEventsHaveAPositionEach(ack: String) async throws {
        try await onThread {
            let broker = try KafkaClientBroker.shared()
            let rig = try KafkaRig([broker.address], streams: KafkaRig.streams("positions-\(ack)"), ack: ack)
            let done = try rig.publish(60)
            #expect(done.count == 60 && done.allSatisfy { $0.completion.outcome == .acked })
            for agent in 0..<3 {
                let own = done.filter { $0.attempt.event.agent == Int64(agent) }.sorted {
                    $0.attempt.event.seq < $1.attempt.event.seq
                }
                #expect(own.map { $0.completion.position?.major } == own.indices.map { UInt64($0) })
            }
            #expect(rig.close().isEmpty)
        }
    }

    @Test func withoutAcknowledgementsThereAreNoPositions() async throws {
        try await onThread {
            let broker = try KafkaClientBroker.shared()
            let rig = try KafkaRig([broker.address], streams: KafkaRig.streams("sent"), ack: "0")
            let done = try rig.publish(30)
            #expect(done.allSatisfy { $0.completion.outcome == .acked && $0.completion.position == nil })
        }
    }

    @Test func whatIsLargerThanTheTopicTakesHasFailed() async throws {
        try await onThread {
            let broker = try KafkaClientBroker.shared()
            try broker.make("narrow", properties: ["max.message.bytes": "500"])
            let rig = try KafkaRig(
                [broker.address], streams: KafkaRig.streams("narrow"), settings: ["retries": "0"], payload: 2_000)
            let done = try rig.publish(3)
            #expect(done.allSatisfy { $0.completion.outcome == .failed })
            #expect(done.allSatisfy { $0.reason == "MSG_SIZE_TOO_LARGE (not persisted)" })
            #expect(try KafkaReplayed(broker, KafkaRig.streams("narrow")).entries.isEmpty)
        }
    }

    /// The very same answer: a refusal if the leader is known to have been the same all the time, else no proof.
    @Test func tooFewReplicasAreARefusalOnlyWhenTheLeaderIsKnownToHaveStayed() async throws {
        try await onThread {
            let broker = try KafkaClientBroker.shared()
            try broker.withSecond { end in
                try broker.make("few", replicas: [1, 2], properties: ["min.insync.replicas": "2"])
                let streams = KafkaRig.streams("few")
                let rig = try KafkaRig([broker.address], streams: streams, settings: ["retries": "0"])
                // The library finds the broker by another way than the orders' address, at which nobody listens.
                let blind = try KafkaRig(["127.0.0.1:1"], streams: streams, settings: ["retries": "0"])
                blind.publisher.producer.instance.addBrokers(broker.address)
                #expect(try rig.publish(3).allSatisfy { $0.completion.outcome == .acked })
                #expect(try blind.publish(3).allSatisfy { $0.completion.outcome == .acked })
                try end()
                try rig.settle { rig.publisher.knowsLeaders }
                let refused = try rig.publish(30)
                #expect(refused.allSatisfy { $0.completion.outcome == .failed }, "\(refused.map(\.reason))")
                let unproven = try blind.publish(6)
                #expect(unproven.allSatisfy { $0.completion.outcome == .unknown })
                #expect((refused + unproven).allSatisfy { $0.reason == "NOT_ENOUGH_REPLICAS (not persisted)" })
                #expect(try KafkaReplayed(broker, streams).entries.count == 12)
            }
        }
    }
}
