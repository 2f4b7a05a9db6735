import Testing
import Workers
import Workload

@testable import Systems

struct KafkaClientPropertyTests {
    @Test func aPropertyIsKnownWrongOrUnknown() {
        #expect(KafkaClientProperties.problem(name: "linger.ms", value: "5") == nil)
        #expect(KafkaClientProperties.problem(name: "acks", value: "all") == nil)
        #expect(KafkaClientProperties.problem(name: "partition.assignment.strategy", value: "range") == nil)
        #expect(KafkaClientProperties.problem(name: "linger.sm", value: "5") == .unknown)
        #expect(KafkaClientProperties.problem(name: "min.insync.replicas", value: "2") == .unknown)
        for (name, value) in [("linger.ms", "soon"), ("retries", "-3"), ("compression.type", "tar"), ("acks", "some")] {
            guard case .wrong(let why) = KafkaClientProperties.problem(name: name, value: value) else {
                Issue.record("\(name)=\(value) is not refused")
                continue
            }
            #expect(why.contains("property"), "\(why)")
        }
    }

    @Test func anInstanceThatCannotBeMadeNamesTheProperty() {
        let error = #expect(throws: KafkaClientError.self) {
            try KafkaInstance(
                .producer, properties: ["linger.sm": "5"], events: 0, surroundings: KafkaSurroundings { _ in })
        }
        #expect(error?.property == "linger.sm")
        let combined = #expect(throws: KafkaClientError.self) {
            try KafkaInstance(
                .producer, properties: ["enable.idempotence": "true", "acks": "1"], events: 0,
                surroundings: KafkaSurroundings { _ in })
        }
        #expect(combined?.message.contains("acks") == true, "\(combined?.description ?? "")")
    }

    @Test func anOrdersOwnPropertyTakesThePlaceOfOursByAnyOfItsNames() throws {
        let settings = try Self.settings(["queue.buffering.max.ms": "7", "max.in.flight": "1", "retries": "0"])
        #expect(settings.properties["linger.ms"] == "7" && settings.properties["queue.buffering.max.ms"] == nil)
        #expect(settings.properties["max.in.flight.requests.per.connection"] == "1" && settings.isOnlyTry)
        #expect(try !Self.settings([:]).isOnlyTry)
        #expect(try !Self.settings(["retries": "0", "enable.idempotence": "true"]).isOnlyTry)
    }

    @Test func whatAProducerCannotWriteToIsRefused() {
        for streams in [["topic"], ["-1"], ["a-x"], ["a-0", "b-0"]] {
            #expect(throws: WorkerError.self) { try Self.settings([:], streams: streams) }
        }
        #expect(throws: WorkerError.self) { try Self.settings([:], ack: "reply") }
        #expect(throws: WorkerError.self) { try Self.settings(["holdfast.transaction.events": "none"]) }
    }

    private static func settings(
        _ own: [String: String], streams: [String] = ["t-0"], ack: String = "all"
    ) throws -> KafkaProducerSettings {
        let workload = WorkloadSettings(agents: 2, rate: 10, producers: 1)
        return try KafkaProducerSettings(
            ProducerOrders(
                worker: "w", run: "r", seed: 1, agents: [0, 1], workload: workload,
                client: ClientOrders(
                    client: "kafka", addresses: ["127.0.0.1:9092"], streams: streams, ack: ack, settings: own),
                retries: .none, inFlight: 1, epoch: 0, loadStart: 0, historyPath: "", schedulePath: ""))
    }
}
