import Documents
import Labs
import Workload

/// What of a Kafka configuration contradicts itself, and what no cluster could serve.
struct KafkaRules {
    let settings: KafkaSettings
    let text: ConfigurationText
    /// Where each setting stands.
    let places: [String: Value]

    func check() throws(Diagnostic) {
        try checkShape()
        try checkAdmission()
        try checkRetries()
        try checkIdempotence()
    }

    private func place(_ name: String, in maps: String...) -> Value {
        if let value = places[name] { return value }
        for map in maps {
            guard let mapping = try? places[map]?.mapping() else { continue }
            if let entry = mapping.last(where: { $0.key.text == name }) { return entry.value }
        }
        return text.place
    }

    private func checkShape() throws(Diagnostic) {
        if settings.combined, settings.controllers > settings.brokers {
            throw place("controllers").diagnostic(
                "\(settings.controllers) of \(settings.brokers) brokers cannot be controllers",
                remedy: "at most as many as brokers, or `combined: false`")
        }
        if settings.replicationFactor > settings.brokers {
            throw place("replication.factor").diagnostic(
                "\(settings.brokers) broker\(settings.brokers == 1 ? "" : "s") cannot hold "
                    + "\(settings.replicationFactor) copies", remedy: "at most \(settings.brokers)")
        }
        if let least = settings.given("min.insync.replicas", in: settings.topic + settings.broker).flatMap({ Int($0) }),
            least > settings.replicationFactor
        {
            throw place("min.insync.replicas", in: "topic", "broker").diagnostic(
                "with \(settings.replicationFactor) copies of each partition no write would ever be taken",
                remedy: "at most the replication factor")
        }
        if case .agent = settings.partitions, text.agents > SystemLimits.partitions {
            throw place("partitions").diagnostic(
                "\(text.agents) agents would have as many partitions", remedy: "at most \(SystemLimits.partitions)")
        }
    }

    /// How anybody is let in is said by one word, and whatever else says it would be over that.
    private func checkAdmission() throws(Diagnostic) {
        guard settings.admission == .secured, text.lab.access == nil else { return }
        for property in settings.broker + settings.producer + settings.consumer {
            let isOfAdmission =
                ["ssl.", "sasl.", "listener.name."].contains { property.name.hasPrefix($0) }
                || ["security.protocol", "super.users", "authorizer.class.name"].contains(property.name)
            guard isOfAdmission else { continue }
            throw place(property.name, in: "broker", "producer", "consumer").diagnostic(
                "`\(property.name)` is the lab's affair with `\(Admission.setting): secured`", remedy: "leave it out")
        }
    }

    private func checkRetries() throws(Diagnostic) {
        if settings.transactions != nil, settings.retries != .idempotent, let retries = text.retries {
            throw retries.diagnostic(
                "transactions need an idempotent producer", remedy: "`retries: idempotent`, or leave it out")
        }
        for name in ["retries", "message.send.max.retries"] {
            guard let count = settings.given(name, in: settings.producer).flatMap({ Int($0) }) else { continue }
            let isRight =
                switch settings.retries {
                case .none: count == 0
                case .untilAcked: settings.isIdempotent ? count > 0 : count == 0
                case .client, .idempotent: count > 0
                }
            if !isRight {
                throw place(name, in: "producer").diagnostic(
                    "`\(name): \(count)` contradicts `retries: \(settings.retries.rawValue)` of the configuration",
                    remedy: count == 0 ? "`retries: none`" : "`retries: client` lets the library try again by itself")
            }
        }
        if let said = settings.given("enable.idempotence", in: settings.producer) {
            let contradicts =
                switch settings.retries {
                case .none, .client: said == "true"
                case .idempotent: said != "true"
                case .untilAcked: false
                }
            if contradicts {
                throw place("enable.idempotence", in: "producer").diagnostic(
                    "`enable.idempotence: \(said)` contradicts `retries: \(settings.retries.rawValue)`",
                    remedy: said == "true" ? "`retries: idempotent`" : "leave it out")
            }
        }
    }

    private func checkIdempotence() throws(Diagnostic) {
        guard settings.isIdempotent else { return }
        if settings.acks != .all {
            throw place("acks").diagnostic("an idempotent producer needs every in-sync replica", remedy: "`acks: all`")
        }
        for name in ["max.in.flight.requests.per.connection", "max.in.flight"] {
            if let limit = settings.given(name, in: settings.producer).flatMap({ Int($0) }), limit > 5 {
                throw place(name, in: "producer").diagnostic(
                    "a broker remembers 5 batches of an idempotent producer, not \(limit)", remedy: "1 to 5")
            }
        }
    }
}

extension KafkaSettings {
    /// The last value that a suite gives a property; nil if it leaves it alone.
    func given(_ name: String, in properties: [Property]) -> String? {
        properties.last { $0.name == name }?.value
    }

    /// Whether brokers can tell the producers' own resends.
    var isIdempotent: Bool {
        retries == .idempotent || given("enable.idempotence", in: producer) == "true"
    }

    /// Of the client library, for consumers.
    var consumerProperties: [String: String] {
        var properties: [String: String] = [:]
        if clients == .pinned { properties["topic.metadata.refresh.interval.ms"] = "-1" }
        for property in consumer { properties[property.name] = property.value }
        return properties
    }

    /// Whether brokers take events away after a time or beyond a size.
    var retains: Bool {
        let names = [
            "retention.bytes", "retention.ms", "log.retention.bytes", "log.retention.ms", "log.retention.minutes",
            "log.retention.hours",
        ]
        return names.contains { name in given(name, in: topic + broker).map { $0 != "-1" } ?? false }
    }

    /// By time, a week unless it is said otherwise, and by size, which counts for each partition.
    func retention(of workload: WorkloadSettings) -> Int64? {
        func number(_ name: String) -> Double? { given(name, in: topic + broker).flatMap(Double.init) }
        let milliseconds =
            number("retention.ms") ?? number("log.retention.ms") ?? number("log.retention.minutes").map { $0 * 60_000 }
            ?? number("log.retention.hours").map { $0 * 3_600_000 } ?? 604_800_000
        var times: [Double] = milliseconds < 0 ? [] : [milliseconds * 1e6]
        if let bytes = number("retention.bytes") ?? number("log.retention.bytes"), bytes >= 0 {
            let partitions =
                switch partitions {
                case .number(let count): count
                case .agent: workload.agents
                }
            times.append(bytes * Double(partitions) / (workload.rate * Double(workload.meanEventBytes)) * 1e9)
        }
        return times.min().map { $0 < 9e18 ? Int64($0) : .max }
    }

    /// Of the client library, with what follows from the configuration; the suite's own come last.
    var producerProperties: [String: String] {
        // More in flight than a broker remembers would let a stall or a new leader reorder events.
        var properties = ["max.in.flight.requests.per.connection": "5"]
        properties["enable.idempotence"] = isIdempotent ? "true" : "false"
        if !isIdempotent, retries != .client { properties["retries"] = "0" }
        // Without a refusal the library looks for another leader every five minutes; pinned clients not even then.
        if clients == .pinned { properties["topic.metadata.refresh.interval.ms"] = "-1" }
        if let transactions {
            properties["holdfast.transaction.events"] = "\(transactions.events)"
            properties["holdfast.transaction.abort"] = "\(transactions.abort.fraction)"
        }
        for property in producer {
            // The same property by its other name would stand beside it.
            if property.name == "max.in.flight" { properties["max.in.flight.requests.per.connection"] = nil }
            if property.name == "message.send.max.retries" { properties["retries"] = nil }
            properties[property.name] = property.value
        }
        return properties
    }
}
