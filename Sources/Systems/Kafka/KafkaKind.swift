import Access
import Documents
import Labs
import Workload

/// Kafka, as suites name it.
struct KafkaKind: SystemKind {
    let name = "kafka"
    let about = "Apache Kafka (KRaft): brokers and controllers, each a node of its own"

    let groupForm: GroupForm? = GroupForm(
        acks: [.afterProcessing, .beforeProcessing, .auto],
        keys: [
            "assignor", "static", "session-timeout", "poll-timeout", "auto-commit-interval", "isolation", "protocol",
        ])

    let acknowledgements: [(form: String, promise: String)] = [
        (
            "acks: 0",
            "nobody answers: the event was written to a local socket. Reports call it sent"
        ),
        (
            "acks: 1",
            "the leader has it in its page cache; followers fetch it afterwards, and what they have not fetched when "
                + "another leads is cut off"
        ),
        (
            "acks: all",
            "every replica that is in sync at that moment has it in its page cache, however few these are: "
                + "min.insync.replicas sets how few. No disk has it before flush.messages or flush.ms says so"
        ),
        (
            "transactions",
            "the commit was confirmed; what a delivery report says before is no acknowledgement"
        ),
    ]

    let settings =
        [
            SettingDescription(
                name: "brokers", values: "1 to \(SystemLimits.brokers)", usual: "3",
                about: "nodes broker-1, broker-2, …"),
            SettingDescription(
                name: "controllers", values: "1 to \(SystemLimits.controllers)", usual: "1",
                about: "nodes controller-1, …; they elect the active one"),
            SettingDescription(
                name: "combined", values: "true, false", usual: "false",
                about: "whether the first brokers are the controllers, too, in place of nodes of their own"),
            SettingDescription(
                name: "partitions", values: "a number, agent", usual: "3",
                about: "of the events' topic: agents spread over so many, or each in its own"),
            SettingDescription(
                name: "replication.factor", values: "1 to the number of brokers", usual: "3, or the number of brokers",
                about: "copies of each partition"),
            SettingDescription(name: "acks", values: "0, 1, all", usual: "all", about: "what counts as acknowledged"),
            SettingDescription(
                name: "eligible.leader.replicas.version", values: "a number", usual: "the release's own",
                about: "the level of that feature in a new cluster; 0 switches it off"),
            SettingDescription(
                name: "filesystem", values: "ext4, xfs", usual: "ext4",
                about: "of each node's data, where power can be lost"),
            Admission.description,
            SettingDescription(
                name: "clients", values: "follow, pinned", usual: "follow",
                about: "pinned clients do not even look for another leader from time to time, only when refused"),
            SettingDescription(
                name: "server", values: "a folder", usual: "KAFKA_HOME, or what `make kafka` fetched",
                about: "another release of Kafka"),
            SettingDescription(
                name: "broker, topic, producer, consumer", values: "{PROPERTY: …}", usual: "none",
                about: "properties by Kafka's own names (of producers and consumers: librdkafka's)"),
            SettingDescription(
                name: "PROPERTY", values: "as in Kafka", usual: "Kafka's own default, or the lab's",
                about:
                    "any other plain name goes to the topic if it is a topic's property, else to the brokers, else to the "
                    + "client; those of topics and brokers are compared with what the brokers say after the start"),
            SettingDescription(
                name: "max.in.flight.requests.per.connection", values: "1 to 1000000", usual: "5",
                about:
                    "a property of producers that Holdfast sets unless a suite does; 1000000 is the library's own default, "
                    + "and reorders events when a leader changes"),
        ]
        + KafkaProperties.usual.filter { KafkaNames.owned[$0.name] == nil }.map {
            SettingDescription(
                name: $0.name, values: "as in Kafka", usual: $0.value,
                about: "of brokers, unless a suite says otherwise; \($0.own) is Kafka's own default")
        }

    func broughtServer() throws(SystemError) -> ServerVersion? { try KafkaHome.find(nil).version }

    func configure(_ text: ConfigurationText) throws(Diagnostic) -> any ConfiguredSystem {
        ConfiguredKafka(settings: try KafkaSettingsReader(check: KafkaClientProperties.problem).read(text))
    }
}

/// A checked configuration of Kafka: what follows from its settings alone.
struct ConfiguredKafka: ConfiguredSystem {
    let settings: KafkaSettings

    var retries: Retries { settings.retries }
    var filesystem: Filesystem { settings.filesystem }
    var acknowledgement: String { settings.acks.rawValue }
    var acknowledged: String? { settings.acks == .none ? "sent" : nil }
    var client: ServerVersion? { ServerVersion(path: "librdkafka", name: "librdkafka", version: KafkaLibrary.version) }
    /// Time to ask for the leaders, and for a transactional producer to become the only one of its name.
    var lead: Int64 { settings.transactions == nil ? 1_000_000_000 : 2_500_000_000 }

    var promise: String {
        if settings.transactions != nil { return "committed: \(copies)" }
        switch settings.acks {
        case .none: return "nothing: it was written to a local socket"
        case .leader: return isFlushed ? "fsynced by the leader alone" : "in the page cache of the leader alone"
        case .all: return copies
        }
    }

    private var copies: String {
        let least = settings.given("min.insync.replicas", in: settings.broker + settings.topic) ?? "1"
        let who = "all in-sync replicas, \(least) or more of \(settings.replicationFactor)"
        return isFlushed ? "fsynced by \(who)" : "in the page caches of \(who)"
    }

    private var isFlushed: Bool {
        settings.given("flush.messages", in: settings.topic) == "1"
            || settings.given("log.flush.interval.messages", in: settings.broker) == "1"
    }

    var retains: Bool { settings.retains }

    func retention(of workload: WorkloadSettings) -> Int64? {
        settings.retention(of: workload)
    }

    func lack(for groups: [GroupSettings]) -> String? {
        guard KafkaLibrary.number < SystemLimits.kafkaConsumerProtocol,
            let group = groups.first(where: { $0.membership == .consumer })
        else { return nil }
        return
            "`protocol: consumer` of the group \(group.name) needs librdkafka 2.12 or later, and \(KafkaLibrary.version) "
            + "is loaded: put the folder of a newer librdkafka.so.1 into LD_LIBRARY_PATH (docs/kafka.md, Another client)"
    }

    func server(in lab: any LabKind) throws(SystemError) -> ServerVersion {
        try KafkaHome.find(settings.home, in: lab).version
    }

    func filesystemBytes(expecting expectedBytes: Int) -> Int64 {
        Int64(clamping: KafkaCluster.megabytes(expectedBytes)) << 20
    }

    func makeSystem(_ trial: TrialSetting, at access: Access) -> (any System)? {
        KafkaSystem(settings, trial, at: access)
    }

    func examine(_ access: Access, for groups: [GroupSettings]) throws(SystemError) -> ServerVersion {
        try ExternalKafka.examine(settings, groups: groups, at: access)
    }

    func makeSystem(_ trial: TrialSetting) -> any System { KafkaSystem(settings, trial) }

    func makeSystem(_ trial: TrialSetting, from earlier: any System) -> (any System)? {
        (earlier as? KafkaSystem)?.renewed(settings, trial)
    }
}
