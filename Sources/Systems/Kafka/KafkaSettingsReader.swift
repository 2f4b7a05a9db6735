import Documents
import Labs
import Workload

/// Reads the settings of a Kafka configuration; every refusal names the field and what would be right.
struct KafkaSettingsReader {
    /// Says what is wrong with a property of the client library: nil if nothing is.
    typealias ClientCheck = (_ name: String, _ value: String) -> ClientProblem?

    enum ClientProblem: Equatable {
        case unknown
        case wrong(String)
    }

    static let own = [
        Admission.setting, "acks", "brokers", "broker", "clients", "combined", "consumer", "controllers",
        "eligible.leader.replicas.version", "filesystem", "partitions", "producer", "replication.factor", "server",
        "topic",
    ]

    let check: ClientCheck
    /// Where a suite says nothing of it.
    var usualRetries = Retries.none

    init(check: @escaping ClientCheck) { self.check = check }

    func read(_ text: ConfigurationText) throws(Diagnostic) -> KafkaSettings {
        var settings = KafkaSettings()
        if let ack = text.ack {
            throw ack.diagnostic(
                "Kafka's acknowledgement is a setting of its producers", remedy: "settings: {acks: 0 | 1 | all}")
        }
        settings.retries =
            try text.retries?.word(of: Retries.self) ?? (text.transactions == nil ? usualRetries : .idempotent)
        if let value = text.transactions { settings.transactions = try readTransactions(value) }
        var places: [String: Value] = [:]
        if let mapping = text.settings, !mapping.isNothing {
            for (key, value) in try mapping.mapping() {
                guard case .scalar(let name, _) = key.content else {
                    throw key.diagnostic("a setting's name is one word", remedy: "such as `min.insync.replicas: 2`")
                }
                places[name] = value
                try readSetting(name, key: key, value: value, lab: text.lab, into: &settings)
            }
        }
        if places["replication.factor"] == nil { settings.replicationFactor = min(3, settings.brokers) }
        let rules = KafkaRules(settings: settings, text: text, places: places)
        try rules.check()
        return settings
    }

    private func readTransactions(_ value: Value) throws(Diagnostic) -> KafkaSettings.Transactions {
        var fields = try Fields(value, of: "transactions")
        let events = try fields.required("events", such: "events: 100").wholeNumber(in: 1...100_000)
        let abort = try fields.optional("abort")?.share() ?? .percent(0)
        try fields.finish()
        return KafkaSettings.Transactions(events: events, abort: abort)
    }

    private func readSetting(
        _ name: String, key: Value, value: Value, lab: any LabKind, into settings: inout KafkaSettings
    ) throws(Diagnostic) {
        switch name {
        case Admission.setting: settings.admission = try Admission.read(value, in: lab)
        case "brokers": settings.brokers = try value.wholeNumber(in: 1...SystemLimits.brokers)
        case "controllers": settings.controllers = try value.wholeNumber(in: 1...SystemLimits.controllers)
        case "combined": settings.combined = try value.truth()
        case "partitions": settings.partitions = try readPartitions(value)
        case "replication.factor": settings.replicationFactor = try value.wholeNumber(in: 1...SystemLimits.brokers)
        case "eligible.leader.replicas.version":
            settings.eligibleLeaderReplicas = try value.wholeNumber(in: 0...100)
        case "filesystem": settings.filesystem = try value.word(of: Filesystem.self)
        case "clients": settings.clients = try value.word(of: KafkaSettings.Clients.self)
        case "server": settings.home = try value.name()
        case "acks": settings.acks = try readAcks(value)
        case "broker": settings.broker += try readProperties(value, of: .broker)
        case "topic": settings.topic += try readProperties(value, of: .topic)
        case "producer": settings.producer += try readProperties(value, of: .client)
        case "consumer": settings.consumer += try readProperties(value, of: .client)
        default: try readPlain(name, key: key, value: value, into: &settings)
        }
    }

    private func readPartitions(_ value: Value) throws(Diagnostic) -> KafkaSettings.Partitions {
        if case .scalar("agent", _) = value.content { return .agent }
        guard case .scalar(let text, true) = value.content, Int(text) != nil else {
            throw value.diagnostic(
                "is not a way to spread events over partitions",
                remedy: "a number of partitions, or `agent` (one for each agent)")
        }
        return .number(try value.wholeNumber(in: 1...SystemLimits.partitions))
    }

    private func readAcks(_ value: Value) throws(Diagnostic) -> KafkaSettings.Acks {
        let text = try value.string()
        if text == "-1" { return .all }
        guard let acks = KafkaSettings.Acks(rawValue: text) else {
            throw value.diagnostic("\(shown(text)) is no number of acknowledgements", remedy: "0, 1 or all")
        }
        return acks
    }

    // MARK: Kafka's own

    private enum Place { case broker, topic, client }

    /// To the topic if it is a topic's property, else to the brokers, else to the client.
    private func readPlain(
        _ name: String, key: Value, value: Value, into settings: inout KafkaSettings
    ) throws(Diagnostic) {
        if KafkaNames.topic.contains(name) {
            settings.topic.append(try property(name, key: key, value: value, of: .topic))
        } else if KafkaNames.broker.contains(name) || KafkaNames.owned[name] != nil {
            settings.broker.append(try property(name, key: key, value: value, of: .broker))
        } else {
            let text = try self.text(value, of: name)
            guard check(name, text) != .unknown else {
                let known = Self.own + KafkaNames.topic.sorted() + KafkaNames.broker.sorted()
                let near = nearest(to: name, among: known).map { "did you mean `\($0)`? " } ?? ""
                throw key.diagnostic(
                    "`\(name)` is a property neither of a topic, nor of a broker, nor of the client library",
                    remedy: near + "One that a newer release has stands under `broker:` or `topic:`")
            }
            settings.producer.append(try property(name, key: key, value: value, of: .client))
        }
    }

    private func readProperties(_ value: Value, of place: Place) throws(Diagnostic) -> [KafkaSettings.Property] {
        var properties: [KafkaSettings.Property] = []
        for (key, item) in try value.mapping() {
            guard case .scalar(let name, _) = key.content else {
                throw key.diagnostic("a property's name is one word", remedy: "such as `linger.ms: 5`")
            }
            properties.append(try property(name, key: key, value: item, of: place))
        }
        return properties
    }

    private func property(
        _ name: String, key: Value, value: Value, of place: Place
    ) throws(Diagnostic) -> KafkaSettings.Property {
        if let reason = KafkaNames.owned[name] {
            throw key.diagnostic("`\(name)` cannot be set by a suite: \(reason)", remedy: "leave it out")
        }
        let isName =
            !name.isEmpty
            && name.utf8.allSatisfy { byte in
                (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2E || byte == 0x5F
                    || byte == 0x2D
            }
        guard isName else {
            throw key.diagnostic("\(shown(name)) is not a property's name", remedy: "such as `min.insync.replicas`")
        }
        let text = try text(value, of: name)
        if name == "acks" || name == "request.required.acks" {
            throw key.diagnostic("`acks` stands beside this map", remedy: "settings: {acks: \(text)}")
        }
        if place == .client {
            switch check(name, text) {
            case nil: break
            case .unknown:
                throw key.diagnostic(
                    "the client library has no property `\(name)`",
                    remedy: "those of librdkafka are meant, such as `linger.ms`")
            case .wrong(let why): throw value.diagnostic("\(shown(text)) is refused: \(why)", remedy: "another value")
            }
        }
        return KafkaSettings.Property(name: name, value: text)
    }

    /// A value as it stands in a properties file: one line, a list with commas.
    private func text(_ value: Value, of name: String) throws(Diagnostic) -> String {
        guard !value.isNothing else {
            throw value.diagnostic("`\(name)` has no value", remedy: "`\(name): \"\"` is the empty text")
        }
        var parts: [String] = []
        for item in try value.listOrOne() {
            let text = try item.string()
            guard !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
                throw item.diagnostic("a property's value is one line without control characters", remedy: "one line")
            }
            parts.append(text)
        }
        return parts.joined(separator: ",")
    }
}
