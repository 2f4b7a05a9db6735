import Labs

/// The properties file of one node: what the lab needs, what Holdfast sets unless a suite does, and what a suite asks.
struct KafkaProperties {
    typealias Property = KafkaSettings.Property

    /// What a process of Kafka is.
    enum Role: String {
        case broker
        case controller
        case both = "broker,controller"

        var isBroker: Bool { self != .controller }
        var isController: Bool { self != .broker }
    }

    static let brokerPort: UInt16 = 9092
    static let controllerPort: UInt16 = 9093
    static let controllerListener = "CONTROLLER"

    /// What the lab needs so that a node can be reached, watched and found; it is proven by its answering.
    let lab: [Property]
    /// What trials are about: compared with what the brokers say they run with.
    let usual: [Property]
    let asked: [Property]

    /// - Parameters:
    ///   - voters: of the quorum of controllers.
    ///   - dataDirectory: one that Kafka has for itself.
    ///   - admission: how it lets anybody in; nil: without a word.
    init(
        _ settings: KafkaSettings, role: Role, id: Int32, address: String, voters: [(id: Int32, address: String)],
        dataDirectory: String, admission: KafkaAdmission? = nil
    ) {
        let listener = admission == nil ? "PLAINTEXT" : KafkaAdmission.listener
        let quorum = voters.map { "\($0.id)@\($0.address):\(Self.controllerPort)" }.joined(separator: ",")
        lab =
            [
                Property(name: "process.roles", value: role.rawValue),
                Property(name: "node.id", value: String(id)),
                Property(name: "controller.quorum.voters", value: quorum),
                Property(name: "controller.listener.names", value: Self.controllerListener),
                Property(
                    name: "listeners",
                    value: Self.listeners(role, listener, address.hasPrefix("127.") ? address : "0.0.0.0")),
                Property(name: "advertised.listeners", value: Self.listeners(role, listener, address)),
                Property(name: "log.dirs", value: dataDirectory),
            ] + (admission?.properties(role) ?? [])
        asked = settings.broker
        usual = Self.usual(settings).filter { usual in !settings.broker.contains { $0.name == usual.name } }
    }

    /// Bound everywhere, the node's own loopback included: Holdfast asks over that one, which no cut reaches.
    private static func listeners(_ role: Role, _ listener: String, _ address: String) -> String {
        var listeners: [String] = []
        if role.isBroker { listeners.append("\(listener)://\(address):\(brokerPort)") }
        if role.isController { listeners.append("\(controllerListener)://\(address):\(controllerPort)") }
        return listeners.joined(separator: ",")
    }

    private static func usual(_ settings: KafkaSettings) -> [Property] {
        let copies = min(3, settings.brokers)
        let least: KeyValuePairs<String, Int> = [
            "offsets.topic.replication.factor": copies,
            "transaction.state.log.replication.factor": copies,
            "transaction.state.log.min.isr": min(2, copies),
        ]
        return usual.map { Property(name: $0.name, value: $0.value) }
            + least.map { Property(name: $0.key, value: "\($0.value)") }
    }

    /// What makes trials quick and comparable on a small machine, unless a suite says otherwise, and Kafka's own values.
    static let usual: [(name: String, value: String, own: String)] = [
        // Nothing makes a topic but Holdfast, or a trial would be about another than was asked for.
        ("auto.create.topics.enable", "false", "true"),
        // A dead broker, or a follower that stands still, is noticed soon.
        ("broker.session.timeout.ms", "3000", "9000"),
        ("broker.heartbeat.interval.ms", "500", "2000"),
        ("replica.lag.time.max.ms", "3000", "30000"),
        ("unclean.leader.election.interval.ms", "5000", "300000"),
        ("replica.fetch.wait.max.ms", "100", "500"),
        // Groups and transactions in few partitions, and soon over.
        ("offsets.topic.num.partitions", "3", "50"),
        ("transaction.state.log.num.partitions", "3", "50"),
        ("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000", "10000"),
        ("group.initial.rebalance.delay.ms", "0", "3000"),
        ("group.min.session.timeout.ms", "1000", "6000"),
        // Sessions of the new group protocol, which brokers set, as short as those that clients of the old one ask for.
        ("group.consumer.session.timeout.ms", "6000", "45000"),
        ("group.consumer.min.session.timeout.ms", "1000", "45000"),
        ("group.consumer.heartbeat.interval.ms", "2000", "5000"),
        ("group.consumer.min.heartbeat.interval.ms", "500", "5000"),
        // Retention acts soon when a suite asks for it, and topics of an earlier trial make room.
        ("log.retention.check.interval.ms", "1000", "300000"),
        ("log.initial.task.delay.ms", "500", "30000"),
        ("log.segment.delete.delay.ms", "1000", "60000"),
        // Small: several nodes share the machine.
        ("log.cleaner.dedupe.buffer.size", "2097152", "134217728"),
        ("num.network.threads", "2", "3"),
        ("num.io.threads", "2", "8"),
        ("num.recovery.threads.per.data.dir", "1", "2"),
    ]

    /// As Java reads it.
    var text: String { Self.text(lab + usual + asked) }

    static func text(_ properties: [Property]) -> String {
        properties.map { "\($0.name)=\(escaped($0.value))\n" }.joined()
    }

    private static func escaped(_ value: String) -> String {
        var text = ""
        for unit in value.utf16 {
            switch unit {
            case 0x5C: text += "\\\\"
            // The first space would be taken for one of the line's.
            case 0x20 where text.isEmpty: text += "\\ "
            case 0x20..<0x7F: text += String(UnicodeScalar(UInt8(unit)))
            default:
                let digits = String(unit, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
        return text
    }

    // MARK: Comparing

    /// Whether what a server shows is what was asked for: it writes numbers, words of truth and lists its own way.
    static func agrees(_ wanted: String, _ found: String) -> Bool {
        let (wanted, found) = (plain(wanted), plain(found))
        if wanted == found { return true }
        if ["true", "false"].contains(wanted.lowercased()) { return wanted.lowercased() == found }
        if let number = Double(wanted), let other = Double(found) { return number == other }
        return false
    }

    private static func plain(_ value: String) -> String {
        value.split(separator: ",", omittingEmptySubsequences: false).map {
            let blank = $0.drop { $0.isWhitespace }
            return String(blank.reversed().drop { $0.isWhitespace }.reversed())
        }.joined(separator: ",")
    }
}
