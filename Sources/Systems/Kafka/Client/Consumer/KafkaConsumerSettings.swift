import Workers
import Workload

/// A consumer process's orders, as its client needs them.
struct KafkaConsumerSettings: Sendable {
    let topic: String
    /// By the number of their stream.
    let partitions: [Int32]
    let group: GroupSettings
    private let orders: ConsumerOrders

    init(_ orders: ConsumerOrders) throws(WorkerError) {
        _ = try ServerAddress.ours(orders.client.addresses)
        (topic, partitions) = try Self.partitions(orders.client.streams)
        (group, self.orders) = (orders.group, orders)
    }

    /// The topic that all these streams are of, and their partitions.
    static func partitions(_ streams: [String]) throws(WorkerError) -> (topic: String, partitions: [Int32]) {
        var named: [(topic: String, partition: Int32)] = []
        for stream in streams { named.append(try KafkaProducerSettings.partition(stream)) }
        guard let topic = named.first?.topic else { throw WorkerError("client.streams: there is nothing to read") }
        if let other = named.first(where: { $0.topic != topic }) {
            throw WorkerError("client.streams: a consumer reads one topic, not \(topic) and \(other.topic)")
        }
        return (topic, named.map(\.partition))
    }

    /// Of every consumer, unless a suite says otherwise. What a consumer has read ahead is little: what retention takes
    /// away is to be missed.
    private static let defaults = [
        "socket.timeout.ms": "10000",
        "reconnect.backoff.ms": "50",
        "reconnect.backoff.max.ms": "500",
        "socket.keepalive.enable": "true",
        "socket.nagle.disable": "true",
        "socket.connection.setup.timeout.ms": "5000",
        "fetch.wait.max.ms": "100",
        "fetch.error.backoff.ms": "50",
        "queued.max.messages.kbytes": "4096",
    ]

    /// By names that older libraries do not have: set where the library takes them.
    private static let newer = ["fetch.queue.backoff.ms": "50"]

    /// The library's own, by name, for one of the consumers.
    func properties(of consumer: String) -> [String: String] {
        var properties = Self.defaults
        for (name, value) in Self.newer where KafkaClientProperties.problem(name: name, value: value) == nil {
            properties[name] = value
        }
        properties.merge(orders.client.settings) { $1 }
        return properties.merging(own(consumer)) { $1 }.merging(membership(consumer)) { $1 }
    }

    private func own(_ consumer: String) -> [String: String] {
        let isAuto = group.ack == .auto
        var own = [
            "bootstrap.servers": orders.client.addresses.joined(separator: ","),
            "client.id": consumer,
            "group.id": orders.groupName,
            // The library stores what it hands over, and commits what it has stored.
            "enable.auto.commit": isAuto ? "true" : "false",
            "enable.auto.offset.store": isAuto ? "true" : "false",
            "isolation.level": group.isolation.rawValue,
            "auto.offset.reset": group.start == .beginning ? "earliest" : "latest",
            "allow.auto.create.topics": "false",
            // What is damaged between the broker's disk and here must not pass for what it was.
            "check.crcs": "true",
            "enable.partition.eof": "false",
        ]
        if isAuto { own["auto.commit.interval.ms"] = "\(group.autoCommitInterval / 1_000_000)" }
        return own
    }

    private func membership(_ consumer: String) -> [String: String] {
        var own = ["max.poll.interval.ms": "\(group.pollTimeout / 1_000_000)"]
        if group.isStatic { own["group.instance.id"] = consumer }
        switch group.membership {
        case .classic:
            // The library takes no session that is longer.
            let session = min(group.sessionTimeout, group.pollTimeout) / 1_000_000
            own["session.timeout.ms"] = "\(session)"
            own["heartbeat.interval.ms"] = "\(max(1, min(3_000, session / 3)))"
            own["partition.assignment.strategy"] = group.assignor.rawValue
        case .consumer:
            // The broker says how long a session is, and who reads what.
            own["group.protocol"] = "consumer"
        }
        return own
    }
}
