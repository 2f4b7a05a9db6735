import Labs
import Workload

/// A trial's own topics: that of the events, one for probe writes whose partitions lie on the same brokers, that of
/// results, and those of dead letters.
struct KafkaTopics {
    let events: String
    let probe: String
    /// Where executors answer; nil if nobody reads that. As the events' own, partition by partition.
    let results: String?
    /// Those that groups move events to that they cannot process, by the group's name.
    let dead: [String: String]
    let partitions: Int
    private let brokers: Int
    /// Of the brokers, in their order.
    var ids: [Int32]
    private let copies: Int
    private let properties: [KafkaSettings.Property]
    /// What the topics have from the brokers' own properties of the same name.
    private let inherited: [KafkaSettings.Property]

    init(_ settings: KafkaSettings, _ trial: TrialSetting) {
        events = "holdfast-\(trial.run)-events"
        probe = "holdfast-\(trial.run)-probe"
        results = trial.groups.contains { $0.reads == .results } ? "holdfast-\(trial.run)-results" : nil
        var dead: [String: String] = [:]
        for group in trial.groups where group.deadLetterAfter != nil {
            dead[group.name] = "holdfast-\(trial.run)-dead-\(group.name)"
        }
        self.dead = dead
        partitions =
            switch settings.partitions {
            case .number(let count): count
            case .agent: trial.agents
            }
        (brokers, copies, properties) = (settings.brokers, settings.replicationFactor, settings.topic)
        ids = (0..<settings.brokers).map { Int32($0 + 1) }
        inherited = settings.broker.filter { property in
            KafkaNames.topic.contains(property.name) && !settings.topic.contains { $0.name == property.name }
        }
    }

    /// As Kafka names the folder of each partition.
    var streams: [String] { (0..<partitions).map { "\(events)-\($0)" } }

    var resultStreams: [String] { results.map { topic in (0..<partitions).map { "\(topic)-\($0)" } } ?? [] }

    /// What a group reads.
    func topic(of group: GroupSettings) -> String { group.reads == .results ? results ?? events : events }

    /// Of a group; empty if it has none. Partitions enough for every broker to lead one.
    func deadStreams(of group: String) -> [String] {
        dead[group].map { topic in (0..<brokers).map { "\(topic)-\($0)" } } ?? []
    }

    private var deadTopics: [String] { dead.values.sorted() }

    /// Those whose partitions lie as those of the events.
    private var full: [String] { [events, results].compactMap(\.self) }

    var names: [String] { full + [probe] + deadTopics }

    /// Brokers of a partition, by their ids, the preferred leader first: leaders are spread over all of them.
    func assignment(of partition: Int) -> [Int32] {
        (0..<copies).map { ids[(partition + $0) % brokers] }
    }

    /// The probe topic has one partition for each way in which the events' partitions lie.
    func probePartition(beside partition: Int32) -> Int32 { partition % Int32(brokers) }

    // MARK: Making them

    /// Dead letters are kept as well as events, and for longer.
    private var deadProperties: [KafkaSettings.Property] { properties.filter { !$0.name.hasPrefix("retention.") } }

    /// Asks whether they could be made, and makes nothing.
    func check(on cluster: KafkaCluster) throws(SystemError) {
        guard let first = cluster.brokers.first else { throw cluster.notStarted }
        var request = creation
        request.onlyChecks = true
        try ask(request, of: first)
    }

    private var creation: KafkaCreateTopicsRequest {
        KafkaCreateTopicsRequest(
            topics: full.map {
                .init(name: $0, assignment: (0..<partitions).map(assignment(of:)), properties: properties)
            }
                + [.init(name: probe, assignment: (0..<brokers).map(assignment(of:)), properties: properties)]
                + deadTopics.map {
                    .init(name: $0, assignment: (0..<brokers).map(assignment(of:)), properties: deadProperties)
                }, milliseconds: Int32(SystemLimits.commandSeconds * 1000))
    }

    private func ask(_ request: KafkaCreateTopicsRequest, of first: KafkaServer) throws(SystemError) {
        for result in try first.call(request, within: SystemLimits.commandSeconds) where result.error != 0 {
            let said = "\(KafkaErrorName.of(result.error)) \(result.message ?? "")"
            throw SystemError(
                result.error == KafkaErrorName.invalidConfig ? .setting : .refused,
                "Kafka does not make the topic \(result.name): \(said)")
        }
    }

    /// Makes them, and returns when every broker knows them with whole in-sync sets.
    func make(on cluster: KafkaCluster, patience: any Patience) throws(SystemError) {
        guard let first = cluster.brokers.first else { throw cluster.notStarted }
        try ask(creation, of: first)
        var missing = ""
        let came = try patience.wait(upTo: SystemLimits.syncSeconds) {
            missing = problem(in: KafkaView(of: names, from: cluster.brokers), cluster) ?? ""
            return missing.isEmpty
        }
        guard came else {
            throw SystemError(
                .deadline,
                "the topics are not in sync \(Int(SystemLimits.syncSeconds)) s after they were made: \(missing)")
        }
        let answer = try first.call(KafkaConfigsRequest(resource: .topic(events)), within: SystemLimits.commandSeconds)
        try KafkaCluster.verify(properties + inherited, in: answer, of: "topic \(events)")
    }

    /// What is not whole in whose eyes; nil if all is.
    private func problem(in view: KafkaView, _ cluster: KafkaCluster) -> String? {
        for server in cluster.brokers {
            let name = server.node.name
            guard let own = view.own(server) else { return "\(name) does not answer" }
            let topics = full.map { ($0, partitions) } + ([probe] + deadTopics).map { ($0, brokers) }
            for (topic, count) in topics {
                let known = own.topic(topic)?.partitions ?? []
                guard known.count == count else { return "\(name) knows \(known.count) of \(count) of \(topic)" }
                if let broken = known.first(where: { !$0.isWhole }) {
                    return "\(name): \(topic)-\(broken.index) has \(broken.inSync.count) of \(copies) in sync"
                }
            }
        }
        return nil
    }

    /// A write to each way in which partitions lie, confirmed by every copy: what Metadata says is no proof. Followers
    /// that asked for a partition a moment too early ask again after a second.
    func prove(on cluster: KafkaCluster, _ patience: any Patience) throws(SystemError) {
        var open = Set(0..<Int32(brokers))
        var said = "no answer"
        var isForbidden = false
        let took = try patience.wait(upTo: SystemLimits.promotionSeconds) {
            let questions = open.compactMap { partition in
                cluster.broker(assignment(of: Int(partition))[0]).map {
                    (server: $0, request: request(to: partition, acks: -1, within: SystemLimits.proofSeconds))
                }
            }
            for (_, answer) in KafkaServer.ask(questions, within: SystemLimits.proofSeconds) {
                if answer.error == 0 { open.remove(answer.partition) } else { said = KafkaErrorName.of(answer.error) }
                isForbidden = isForbidden || KafkaErrorName.unauthorized.contains(answer.error)
            }
            return open.isEmpty || isForbidden
        }
        if isForbidden { throw SystemError(.refused, "\(probe) takes no write: \(said)") }
        guard took else {
            let names = open.sorted().map { "\(probe)-\($0)" }.joined(separator: ", ")
            throw SystemError(
                .deadline,
                "\(names): no first write is taken within \(Int(SystemLimits.promotionSeconds)) s, though all are in "
                    + "sync: \(said)")
        }
    }

    /// A probe write; nil if no answer came at once.
    func write(to partition: Int32, on leader: KafkaServer, acks: Int16) -> KafkaProduceRequest.Answer? {
        let request = request(to: partition, acks: acks, within: SystemLimits.kafkaLookSeconds)
        return KafkaServer.ask(request, of: [leader]).first?.answer
    }

    private func request(to partition: Int32, acks: Int16, within seconds: Double) -> KafkaProduceRequest {
        KafkaProduceRequest(
            topic: probe, partition: partition, value: Array("probe".utf8), acks: acks,
            milliseconds: Int32(seconds * 1000))
    }

    /// Takes away what an earlier trial left, all but Kafka's own topics.
    static func clear(_ cluster: KafkaCluster, patience: any Patience) throws(SystemError) {
        guard let first = cluster.brokers.first else { throw cluster.notStarted }
        let all = try first.call(KafkaMetadataRequest(topics: nil), within: SystemLimits.commandSeconds)
        let old = all.topics.filter { !$0.isInternal }.map(\.name)
        guard !old.isEmpty else { return }
        let request = KafkaDeleteTopicsRequest(
            topics: old, milliseconds: Int32(SystemLimits.commandSeconds * 1000))
        for result in try first.call(request, within: SystemLimits.commandSeconds)
        where result.error != 0 && result.error != KafkaErrorName.unknownTopic {
            throw SystemError(
                .refused,
                "Kafka does not remove the topic \(result.name) of an earlier trial: \(KafkaErrorName.of(result.error))"
            )
        }
        let gone = try patience.wait(upTo: SystemLimits.syncSeconds) {
            let answers = KafkaServer.ask(KafkaMetadataRequest(topics: nil), of: cluster.brokers)
            return answers.count == cluster.brokers.count
                && answers.allSatisfy { $0.answer.topics.allSatisfy(\.isInternal) }
        }
        guard gone else {
            throw SystemError(
                .deadline,
                "topics of an earlier trial are still there \(Int(SystemLimits.syncSeconds)) s after their removal")
        }
    }
}
