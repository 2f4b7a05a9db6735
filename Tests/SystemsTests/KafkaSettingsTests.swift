import Documents
import Testing
import Workload

@testable import Systems

/// Stands in for the client library: it has these properties, and `linger.ms` takes numbers.
private func check(_ name: String, _ value: String) -> KafkaSettingsReader.ClientProblem? {
    let known = [
        "linger.ms", "retries", "enable.idempotence", "delivery.timeout.ms", "max.in.flight.requests.per.connection",
    ]
    guard known.contains(name) else { return .unknown }
    return name == "linger.ms" && Double(value) == nil ? .wrong("no number") : nil
}

private func configure(_ settings: String, _ others: String = "") throws -> KafkaSettings {
    let document = try YAML.read("settings: \(settings)\n\(others)", file: "suite.yml")
    var fields = try Fields(document, of: "a configuration")
    let configuration = ConfigurationText(
        name: "c", settings: try fields.optional("settings"), ack: try fields.optional("ack"),
        retries: try fields.optional("retries"), transactions: try fields.optional("transactions"), place: document,
        agents: 200, inFlight: 1)
    return try KafkaSettingsReader(check: check).read(configuration)
}

private func refusal(_ settings: String, _ others: String = "") -> String {
    do {
        _ = try configure(settings, others)
        return "not refused"
    } catch {
        return "\(error)"
    }
}

struct KafkaSettingsTests {
    @Test func nothingGivenIsThreeBrokersAndOneController() throws {
        let settings = try configure("{}")
        #expect(settings.brokers == 3 && settings.controllers == 1 && !settings.combined)
        #expect(settings.partitions == .number(3) && settings.replicationFactor == 3)
        #expect(settings.acks == .all && settings.retries == .none && settings.transactions == nil)
        #expect(settings.producerProperties["retries"] == "0")
        #expect(settings.producerProperties["enable.idempotence"] == "false")
        #expect(settings.producerProperties["max.in.flight.requests.per.connection"] == "5")
        #expect(try configure("{brokers: 2}").replicationFactor == 2)
    }

    @Test func aPlainNameGoesToTheTopicElseToTheBrokersElseToTheClient() throws {
        let settings = try configure(
            "{min.insync.replicas: 2, flush.messages: 1, num.io.threads: 4, log.flush.interval.messages: 1, linger.ms: 5}"
        )
        #expect(settings.topic.map(\.name) == ["min.insync.replicas", "flush.messages"])
        #expect(settings.broker.map(\.name) == ["num.io.threads", "log.flush.interval.messages"])
        #expect(settings.producer == [.init(name: "linger.ms", value: "5")])
    }

    @Test func mapsSayWhoIsMeant() throws {
        let settings = try configure(
            "{broker: {min.insync.replicas: 2}, topic: {brand.new: a}, producer: {linger.ms: 1}, consumer: {linger.ms: 2}}"
        )
        #expect(settings.broker == [.init(name: "min.insync.replicas", value: "2")])
        #expect(settings.topic == [.init(name: "brand.new", value: "a")])
        #expect(settings.producer == [.init(name: "linger.ms", value: "1")])
        #expect(settings.consumer == [.init(name: "linger.ms", value: "2")])
    }

    @Test func transactionsImplyAnIdempotentProducer() throws {
        let settings = try configure("{}", "transactions: {events: 100, abort: 5%}")
        #expect(settings.retries == .idempotent && settings.isIdempotent)
        #expect(settings.transactions == .init(events: 100, abort: .percent(5)))
        #expect(settings.producerProperties["holdfast.transaction.events"] == "100")
        #expect(settings.producerProperties["holdfast.transaction.abort"] == "0.05")
        #expect(settings.producerProperties["enable.idempotence"] == "true")
        #expect(settings.producerProperties["retries"] == nil)
    }

    @Test func newTriesOfHoldfastCanStandAboveAnIdempotentClient() throws {
        let settings = try configure(
            "{producer: {enable.idempotence: true, delivery.timeout.ms: 3000}}", "retries: until-acked")
        #expect(settings.retries == .untilAcked && settings.isIdempotent)
        #expect(settings.producerProperties["retries"] == nil)
    }

    @Test(arguments: [
        ("{acks: 2}", "", "suite.yml:1:18: settings.acks: \"2\" is no number of acknowledgements; 0, 1 or all"),
        ("{}", "ack: reply", "ack: Kafka's acknowledgement is a setting of its producers"),
        (
            "{access: secured, broker: {super.users: X}}", "",
            "settings.broker.super.users: `super.users` is the lab's affair with `access: secured`; leave it out"
        ),
        ("{replication.factor: 4}", "", "3 brokers cannot hold 4 copies; at most 3"),
        ("{controllers: 3, combined: true, brokers: 2}", "", "3 of 2 brokers cannot be controllers"),
        ("{min.insync.replicas: 3, brokers: 2}", "", "settings.min.insync.replicas: with 2 copies"),
        ("{broker: {min.insync.replicas: 4}}", "", "settings.broker.min.insync.replicas: with 3 copies"),
        ("{min.insync.replica: 2}", "", "did you mean `min.insync.replicas`?"),
        ("{listeners: x}", "", "`listeners` cannot be set by a suite: each node listens on its own address"),
        ("{transactional.id: x}", "", "each producer has one of its own"),
        ("{linger.ms: soon}", "", "\"soon\" is refused: no number"),
        ("{producer: {nope: 1}}", "", "settings.producer.nope: the client library has no property `nope`"),
        ("{producer: {acks: 1}}", "", "settings: {acks: 1}"),
        ("{topic: {Min: 1}}", "", "is not a property's name"),
        ("{retries: 3}", "", "`retries: 3` contradicts `retries: none` of the configuration"),
        ("{retries: 0}", "retries: client", "`retries: 0` contradicts `retries: client`"),
        ("{enable.idempotence: true}", "", "contradicts `retries: none`; `retries: idempotent`"),
        ("{enable.idempotence: false}", "retries: idempotent", "contradicts `retries: idempotent`"),
        ("{acks: 1}", "retries: idempotent", "settings.acks: an idempotent producer needs every in-sync replica"),
        (
            "{max.in.flight.requests.per.connection: 6}", "retries: idempotent",
            "a broker remembers 5 batches of an idempotent producer, not 6"
        ),
        ("{}", "transactions: {events: 10}\nretries: none", "transactions need an idempotent producer"),
        ("{}", "transactions: {abort: 5%}", "transactions.events"),
        ("{partitions: many}", "", "a number of partitions, or `agent`"),
        ("{flush.messages: }", "", "`flush.messages` has no value"),
    ])
    func whatIsWrongIsRefusedInWords(_ settings: String, _ others: String, _ said: String) {
        #expect(refusal(settings, others).contains(said), "\(refusal(settings, others))")
    }

    @Test func redisHasNoTransactions() throws {
        let document = try YAML.read("transactions: {events: 1}", file: "suite.yml")
        var fields = try Fields(document, of: "a configuration")
        let text = ConfigurationText(
            name: "c", settings: nil, ack: nil, retries: nil, transactions: try fields.optional("transactions"),
            place: document, agents: 1, inFlight: 1)
        let refused = #expect(throws: Diagnostic.self) { _ = try RedisStandalone().configure(text) }
        #expect(refused?.description.contains("Redis Streams has none") == true)
    }
}
