import Documents
import Labs
import Workload

/// What a suite's configuration asks of Kafka, checked.
struct KafkaSettings: Sendable {
    enum Partitions: Equatable, Sendable {
        case number(Int)
        /// One for each agent.
        case agent
    }

    enum Clients: String, CaseIterable, Sendable {
        case follow
        /// They look for another leader only when theirs refuses them.
        case pinned
    }

    enum Acks: String, CaseIterable, Sendable {
        case none = "0"
        case leader = "1"
        case all
    }

    struct Transactions: Equatable, Sendable {
        /// Events of one transaction, over all agents of a producer.
        var events: Int
        /// Share of the transactions that are aborted on purpose.
        var abort: Share
    }

    var brokers = 3
    var controllers = 1
    /// The first `controllers` brokers are controllers, too.
    var combined = false
    var partitions = Partitions.number(3)
    var replicationFactor = 3
    /// `eligible.leader.replicas.version` of a new cluster; nil: the release's own.
    var eligibleLeaderReplicas: Int?
    var filesystem = Filesystem.ext4
    var admission = Admission.open
    var clients = Clients.follow
    /// A Kafka other than `KAFKA_HOME`: its folder.
    var home: String?
    var acks = Acks.all
    var retries = Retries.none
    var transactions: Transactions?
    /// Properties by Kafka's own names, in order of the suite.
    var broker: [Property] = []
    var topic: [Property] = []
    /// Of librdkafka.
    var producer: [Property] = []
    var consumer: [Property] = []

    struct Property: Equatable, Sendable {
        var name: String
        var value: String
    }
}
