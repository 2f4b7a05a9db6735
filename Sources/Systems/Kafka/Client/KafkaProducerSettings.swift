import Workers

/// A producer's orders, as its client needs them.
struct KafkaProducerSettings: Sendable {
    let topic: String
    /// By the number that `agent % count` gives.
    let partitions: [Int32]
    let addresses: [ServerAddress]
    /// The library's own, by name.
    let properties: [String: String]
    /// No new tries by the library: the error of a report is that of the only try.
    let isOnlyTry: Bool
    /// Whether a broker may refuse for too small an in-sync set.
    let asksReplicas: Bool
    /// Whether reports say where a record stands.
    let hasPositions: Bool
    /// After so long without a report an attempt is unknown, in nanoseconds: the library itself gives up before.
    let patience: Int64
    let transactions: Transactions?
    /// After so long without an end a transaction is unknown, in nanoseconds.
    let transactionPatience: Int64

    struct Transactions: Sendable {
        var events: Int
        /// Share of them that is aborted on purpose.
        var abort: Double
    }

    /// Who is to produce, and how much at a time.
    struct Producer {
        var worker: String
        var identity: String
        var run: String
        /// Attempts that may be in flight together.
        var slots: Int
        /// How long one may stay unanswered, in nanoseconds.
        var timeout: Int64
    }

    init(_ orders: ProducerOrders) throws(WorkerError) {
        let producer = Producer(
            worker: orders.worker, identity: orders.identity, run: orders.run,
            slots: orders.agents.count * orders.inFlight, timeout: orders.timeout)
        try self.init(orders.client, producer)
    }

    init(_ client: ClientOrders, _ producer: Producer) throws(WorkerError) {
        addresses = try ServerAddress.ours(client.addresses)
        var named: [(topic: String, partition: Int32)] = []
        for stream in client.streams { named.append(try Self.partition(stream)) }
        topic = named[0].topic
        if let other = named.first(where: { $0.topic != named[0].topic }) {
            throw WorkerError("client.streams: a producer writes to one topic, not to \(topic) and \(other.topic)")
        }
        partitions = named.map(\.partition)
        guard ["0", "1", "all", "-1"].contains(client.ack) else {
            throw WorkerError("client.ack: `\(client.ack)` is none of `0`, `1`, `all`")
        }
        let properties = Self.properties(client, producer)
        self.properties = properties
        let isIdempotent = properties["enable.idempotence"] == "true"
        let retries = properties["retries"] ?? properties["message.send.max.retries"]
        isOnlyTry = retries == "0" && !isIdempotent
        asksReplicas = client.ack == "all" || client.ack == "-1"
        hasPositions = client.ack != "0"
        let given = Int64(properties["message.timeout.ms"] ?? properties["delivery.timeout.ms"] ?? "") ?? 0
        // The library looks for what has timed out once a second.
        patience = max(producer.timeout, given * 1_000_000 + 5_000_000_000)
        transactions = try Self.transactions(client.settings)
        transactionPatience = 2 * (Int64(properties["transaction.timeout.ms"] ?? "") ?? 60_000) * 1_000_000
    }

    private static let events = KafkaClientProperties.ownPrefix + "transaction.events"
    private static let abort = KafkaClientProperties.ownPrefix + "transaction.abort"

    private static func transactions(_ settings: [String: String]) throws(WorkerError) -> Transactions? {
        guard let events = settings[events] else { return nil }
        guard let limit = Int(events), limit > 0 else {
            throw WorkerError("client.settings.\(Self.events): `\(events)` is no number of events")
        }
        guard let share = Double(settings[abort] ?? "0"), (0...1).contains(share) else {
            throw WorkerError("client.settings.\(Self.abort): `\(settings[abort] ?? "")` is no share (0 to 1)")
        }
        return Transactions(events: limit, abort: share)
    }

    /// `TOPIC-P`, as Kafka names a partition's folder.
    static func partition(_ stream: String) throws(WorkerError) -> (topic: String, partition: Int32) {
        guard let dash = stream.lastIndex(of: "-"), dash != stream.startIndex,
            let partition = Int32(stream[stream.index(after: dash)...]), partition >= 0
        else { throw WorkerError("client.streams: `\(stream)` is not TOPIC-PARTITION") }
        return (String(stream[..<dash]), partition)
    }

    /// Holdfast's own, unless the orders say otherwise.
    ///
    /// The time-outs are short enough for a trial to see their end, and long enough for a new leader to be found within
    /// them; what is unknown is final only after `message.timeout.ms`. `linger.ms` is 0: an event leaves when it is due,
    /// and events share a request only while one before it is under way.
    private static let defaults = [
        "linger.ms": "0",
        "max.in.flight.requests.per.connection": "5",
        "socket.timeout.ms": "6000",
        "message.timeout.ms": "10000",
        "request.timeout.ms": "5000",
        "reconnect.backoff.ms": "50",
        "reconnect.backoff.max.ms": "500",
        "socket.keepalive.enable": "true",
        "socket.nagle.disable": "true",
        "socket.connection.setup.timeout.ms": "5000",
        "allow.auto.create.topics": "false",
    ]

    /// One property by two names would stand there twice, and the later in the alphabet would win.
    private static let aliases = [
        "max.in.flight": "max.in.flight.requests.per.connection", "queue.buffering.max.ms": "linger.ms",
        "delivery.timeout.ms": "message.timeout.ms", "request.required.acks": "acks",
        "metadata.broker.list": "bootstrap.servers", "message.send.max.retries": "retries",
    ]

    /// How long a transaction may take before the coordinator aborts it, unless the orders say otherwise: longer than
    /// it takes a cluster to come back, since that is a fence for the producer; and not much longer, since readers wait
    /// as long for the transactions of a producer that is gone.
    private static let transactionMilliseconds = 20_000

    /// The library takes no time-outs beyond that of the transaction; those of ours give way.
    private static func fit(_ properties: inout [String: String], _ own: [String: String]) {
        let whole = own["transaction.timeout.ms"].flatMap { Int($0) } ?? transactionMilliseconds
        properties["transaction.timeout.ms"] = own["transaction.timeout.ms"] ?? "\(whole)"
        for name in ["message.timeout.ms", "socket.timeout.ms"] where own[name] == nil {
            if let ours = properties[name].flatMap({ Int($0) }) { properties[name] = "\(min(ours, whole))" }
        }
    }

    private static func properties(_ client: ClientOrders, _ producer: Producer) -> [String: String] {
        var own: [String: String] = [:]
        for (name, value) in client.settings where !name.hasPrefix(KafkaClientProperties.ownPrefix) {
            own[aliases[name] ?? name] = value
        }
        var properties = defaults.merging(own) { $1 }
        properties["bootstrap.servers"] = client.addresses.joined(separator: ",")
        properties["client.id"] = own["client.id"] ?? producer.worker
        properties["acks"] = client.ack
        // Every attempt that may be in flight has room at the same time.
        if client.settings[events] != nil {
            properties["transactional.id"] = "holdfast-\(producer.run)-\(producer.identity)"
            properties["enable.idempotence"] = "true"
            properties["retries"] = own["retries"]
            fit(&properties, own)
        }
        properties["queue.buffering.max.messages"] =
            own["queue.buffering.max.messages"] ?? "\(max(100_000, producer.slots))"
        return properties
    }
}
