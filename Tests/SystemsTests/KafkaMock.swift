import CRDKafka
import CRDKafkaMock
import Labs
import Testing

@testable import Systems

/// A publisher on the client library's own mock of a cluster, which lives inside its instance: for error paths only, since
/// the mock has no replicas, no sequences and no transaction log.
final class KafkaMock {
    static let produce: Int16 = 0

    let rig: KafkaRig

    init(
        ack: String = "all", agents: Int = 1, inFlight: Int = 1, settings: [String: String] = [:], payload: Int = 50
    ) throws {
        rig = try KafkaRig(
            ["127.0.0.1:1"], streams: ["mocked-0"], agents: agents, ack: ack,
            settings: settings.merging(["test.mock.num.brokers": "1"]) { $1 }, payload: payload, inFlight: inFlight)
        // It may have made the topic by itself already: the publisher has asked for it.
        let created = rd_kafka_mock_topic_create(try cluster, "mocked", 1, 1)
        try #require(created == RD_KAFKA_RESP_ERR_NO_ERROR || created == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
        try rig.settle { rig.publisher.isConnected }
    }

    private var cluster: OpaquePointer {
        get throws { try #require(rd_kafka_handle_mock_cluster(rig.publisher.producer.instance.handle)) }
    }

    /// The next requests of that kind are answered so, one each.
    func answer(_ errors: [Int32], to request: Int16 = KafkaMock.produce) throws {
        let raw = errors.map { rd_kafka_resp_err_t(rawValue: $0) }
        rd_kafka_mock_push_request_errors_array(try cluster, request, raw.count, raw)
    }

    /// How long each answer takes from now on.
    func delay(milliseconds: Int32) throws {
        try #require(rd_kafka_mock_broker_set_rtt(try cluster, -1, milliseconds) == RD_KAFKA_RESP_ERR_NO_ERROR)
    }
}
