import CRDKafka
import CRDKafkaMock
import History
import Platform
import Testing
import Workers

@testable import Systems

/// The client's error paths: what each error comes to, provoked by the library's own mock.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct KafkaOutcomesClientTests {
    private static let noRetries = ["retries": "0", "enable.idempotence": "false"]

    /// Errors that a broker answers with, and what they come to as the only answer; with tries of the library's own all
    /// are unknown.
    static let answers: [(error: rd_kafka_resp_err_t, alone: Outcome)] = [
        (RD_KAFKA_RESP_ERR_INVALID_RECORD, .failed),
        (RD_KAFKA_RESP_ERR_INVALID_MSG, .failed),
        (RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, .failed),
        (RD_KAFKA_RESP_ERR__TRANSPORT, .unknown),
        (RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT, .unknown),
        (RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, .unknown),
        (RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND, .unknown),
        (RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR, .unknown),
        (RD_KAFKA_RESP_ERR_UNKNOWN, .unknown),
        (RD_KAFKA_RESP_ERR_NETWORK_EXCEPTION, .unknown),
        (RD_KAFKA_RESP_ERR_FENCED_LEADER_EPOCH, .unknown),
        (RD_KAFKA_RESP_ERR_INVALID_REQUIRED_ACKS, .unknown),
        // The last: the library takes no more for this topic afterwards, until it asks again.
        (RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, .failed),
    ]

    @Test func anAnswerToTheOnlyTryComesToWhatTheTableSays() async throws {
        try await onThread {
            let mock = try KafkaMock(settings: Self.noRetries)
            for (error, outcome) in Self.answers {
                try mock.answer([error.rawValue])
                let item = try #require(try mock.rig.publish(1).first)
                let name = String(cString: rd_kafka_err2name(error))
                #expect(item.completion.outcome == outcome && item.reason.hasPrefix("\(name) ("), "\(name): \(item)")
                #expect(item.completion.position == nil)
            }
            let next = try #require(try mock.rig.publish(1).first)
            #expect(next.completion.outcome == .failed && next.reason == "not taken: TOPIC_AUTHORIZATION_FAILED")
        }
    }

    @Test func withTriesOfTheLibrarysOwnARefusalProvesNothing() async throws {
        try await onThread {
            let mock = try KafkaMock(settings: ["retries": "3", "retry.backoff.ms": "1"])
            for (error, outcome) in Self.answers where outcome == .failed {
                try mock.answer([error.rawValue])
                let item = try #require(try mock.rig.publish(1).first)
                #expect(item.completion.outcome == .unknown && item.reason.contains("not persisted"), "\(item)")
            }
        }
    }

    @Test func whatTheLibraryTriesAgainByItselfComesToAnEnd() async throws {
        try await onThread {
            let mock = try KafkaMock(settings: ["retries": "3", "retry.backoff.ms": "1"])
            try mock.answer([RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT.rawValue])
            #expect(try mock.rig.publish(1).first?.completion.outcome == .acked)
        }
    }

    /// Not one of the errors that tell of a lost place ends an attempt: the library sends again, whatever `retries` is.
    @Test func aLostPlaceIsTriedAgainWithoutCounting() async throws {
        try await onThread {
            let mock = try KafkaMock(settings: Self.noRetries)
            try mock.answer([RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION.rawValue])
            #expect(try mock.rig.publish(1).first?.completion.outcome == .acked)
        }
    }

    @Test func whatTimesOutWithAConnectionIsUnknown() async throws {
        try await onThread {
            let mock = try KafkaMock(settings: Self.noRetries.merging(["message.timeout.ms": "1000"]) { $1 })
            _ = try mock.rig.publish(1)
            try mock.delay(milliseconds: 3_000)
            let item = try #require(try mock.rig.publish(1).first)
            #expect(item.completion.outcome == .unknown && item.reason.contains("TIMED_OUT"), "\(item)")
        }
    }

    @Test func whatTimesOutWithoutAnyConnectionHasFailed() async throws {
        try await onThread {
            let rig = try KafkaRig(
                ["127.0.0.1:1"], streams: ["nobody-0"], agents: 1,
                settings: ["retries": "0", "message.timeout.ms": "300"])
            let item = try #require(try rig.publish(1).first)
            #expect(item.completion.outcome == .failed, "\(item.reason)")
            #expect(item.reason == "_MSG_TIMED_OUT (not persisted)")
        }
    }

    @Test func whatAnEndFindsQueuedHasFailedOnlyWithoutAnyConnection() async throws {
        try await onThread {
            let alone = try KafkaRig(["127.0.0.1:1"], streams: ["nobody-0"], agents: 1, settings: ["retries": "0"])
            try alone.begin(1)
            let failed = try #require(alone.close().first)
            #expect(
                failed.outcome == .failed && alone.publisher.reason(failed.reason) == "_PURGE_QUEUE (not persisted)")

            let mock = try KafkaMock(inFlight: 2, settings: Self.noRetries)
            _ = try mock.rig.publish(1)
            try mock.delay(milliseconds: 5_000)
            try mock.rig.begin(2)
            let unknown = mock.rig.close()
            #expect(unknown.count == 2 && unknown.allSatisfy { $0.outcome == .unknown })
        }
    }

    @Test func whatTheLibraryDoesNotTakeHasFailed() async throws {
        try await onThread {
            let mock = try KafkaMock(
                settings: Self.noRetries.merging(["message.max.bytes": "1000"]) { $1 }, payload: 2_000)
            let item = try #require(try mock.rig.publish(1).first)
            #expect(item.completion.outcome == .failed && item.reason == "not taken: MSG_SIZE_TOO_LARGE", "\(item)")
        }
    }

    @Test func aFullQueueIsNoEnd() async throws {
        try await onThread {
            let mock = try KafkaMock(
                inFlight: 50, settings: Self.noRetries.merging(["queue.buffering.max.messages": "3"]) { $1 })
            #expect(try mock.rig.publish(50).allSatisfy { $0.completion.outcome == .acked })
        }
    }

    /// The broker has it already and cannot say where: what stands in the report as an offset is none.
    @Test func whatTheBrokerHadAlreadyIsAcknowledgedWithoutAPosition() async throws {
        try await onThread {
            let mock = try KafkaMock(inFlight: 4, settings: ["enable.idempotence": "true", "linger.ms": "50"])
            #expect(try mock.rig.publish(4).allSatisfy { $0.completion.position != nil })
            try mock.answer([RD_KAFKA_RESP_ERR_DUPLICATE_SEQUENCE_NUMBER.rawValue])
            let done = try mock.rig.publish(4)
            #expect(done.allSatisfy { $0.completion.outcome == .acked && $0.completion.position == nil }, "\(done)")
        }
    }

    /// As an application would: what the dead instance had is unknown, and the next event goes to another one.
    @Test func aFatalErrorIsFollowedByAnotherInstance() async throws {
        try await onThread {
            let mock = try KafkaMock(inFlight: 3, settings: ["enable.idempotence": "true"])
            _ = try mock.rig.publish(1)
            let before = mock.rig.publisher.producer.instance
            try mock.answer([RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER.rawValue])
            let done = try mock.rig.publish(2)
            #expect(done.contains { $0.completion.outcome == .unknown }, "\(done)")
            #expect(done.allSatisfy { $0.completion.outcome != .failed })
            try mock.rig.settle { mock.rig.publisher.producer.instance !== before }
            #expect(try mock.rig.publish(3).allSatisfy { $0.completion.outcome == .acked })
            #expect(mock.rig.publisher.fenced == nil)
        }
    }

    @Test func theLibraryConnectsNowhereElse() async throws {
        try await onThread {
            #expect(throws: WorkerError.self) { try KafkaRig(["192.0.2.1:9092"], streams: ["t-0"]) }
            // What brokers advertise is not in the orders.
            let rig = try KafkaRig(
                ["127.0.0.1:1"], streams: ["t-0"], agents: 1,
                settings: ["metadata.broker.list": "192.0.2.1:9092", "retries": "0", "message.timeout.ms": "300"])
            rig.publisher.producer.instance.addBrokers("192.0.2.1:9092")
            let item = try #require(try rig.publish(1).first)
            #expect(item.completion.outcome == .failed, "nothing can have left")
            let surroundings = rig.publisher.producer.instance.surroundings
            try rig.settle { surroundings.refusals == ["192.0.2.1"] }
        }
    }

    @Test func everyRowHasItsTest() {
        let here = Set(Self.answers.map(\.error.rawValue)).union([
            RD_KAFKA_RESP_ERR__MSG_TIMED_OUT.rawValue, RD_KAFKA_RESP_ERR__PURGE_QUEUE.rawValue,
            RD_KAFKA_RESP_ERR__PURGE_INFLIGHT.rawValue, RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER.rawValue,
        ])
        for row in KafkaOutcomes.rows {
            guard row.provoked == .mock || row.provoked == .alone, let error = row.error?.rawValue else { continue }
            #expect(here.contains(error), "\(row.why)")
        }
        #expect(KafkaOutcomes.rows.allSatisfy { !$0.why.isEmpty })
        // Nothing is called failed but for a reason that stands beside it.
        for row in KafkaOutcomes.rows where row.outcome == .failed {
            #expect(row.condition != .none && row.error != nil)
        }
    }
}
