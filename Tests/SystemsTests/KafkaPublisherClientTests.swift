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
}
