import Access
import Glibc
import Labs
import Platform
import Workload

/// What is done with somebody else's Kafka before, behind and apart from a trial.
enum ExternalKafka {
    private static let prefix = "holdfast-"

    // MARK: Before

    /// Its brokers, by what they say of themselves: each must be one that its owner named, and each that was named must
    /// be there.
    static func attach(
        _ settings: KafkaSettings, _ access: Access, in lab: ExternalLab, logDirectory: String
    ) throws(SystemError) -> KafkaCluster {
        let file = access.cluster.path
        guard access.cluster.system == "kafka" else {
            throw SystemError(
                .setting,
                "the suite says kafka, and \(file) says \(access.cluster.system): change either, or choose "
                    + "configurations by --only")
        }
        guard access.cluster.nodes.count == settings.brokers else {
            throw SystemError(
                .setting,
                "the suite says brokers: \(settings.brokers), and \(file) names "
                    + "\(access.cluster.nodes.count) nodes: name every broker")
        }
        var nodes: [ExternalNode] = []
        for member in access.cluster.nodes {
            let request = NodeRequest(
                name: member.name, software: KafkaHome.software, filesystem: nil, megabytes: 0,
                logDirectory: logDirectory)
            do { nodes.append(try lab.node(request)) } catch { throw SystemError(.lab, error.message) }
        }
        return KafkaCluster(settings, brokers: try identified(nodes, access))
    }

    private static func identified(
        _ nodes: [ExternalNode], _ access: Access
    ) throws(SystemError) -> [(id: Int32, node: ExternalNode)] {
        var ids: [String: Int32] = [:]
        for node in nodes {
            let server = KafkaServer(node, id: -1, role: .broker, home: nil, archive: nil)
            let answer = try server.call(KafkaMetadataRequest(topics: []), within: SystemLimits.commandSeconds)
            for broker in answer.brokers {
                guard let known = access.server(called: broker.host, port: UInt16(clamping: broker.port)) else {
                    throw SystemError(
                        .setting,
                        "\(node.name) sends clients to broker \(broker.id) at \(broker.host):\(broker.port), which "
                            + "\(access.cluster.path) does not name: load goes only where it does")
                }
                ids[known.member.name] = broker.id
            }
        }
        var brokers: [(id: Int32, node: ExternalNode)] = []
        for node in nodes {
            guard let id = ids[node.name] else {
                throw SystemError(
                    .unreachable, "\(node.name) (\(node.server.text)) is not among the brokers that are registered")
            }
            brokers.append((id, node))
        }
        return brokers
    }

    /// Everything that a run will need, tried: brokers are reached and let us in, settings are those of the suite, and
    /// topics may be made, written to and removed, groups asked for. What is made for it is removed again.
    static func examine(
        _ settings: KafkaSettings, groups: [GroupSettings], at access: Access
    ) throws(SystemError) -> ServerVersion {
        let lab: ExternalLab
        do { lab = try ExternalLab(ExternalKind(access)) } catch { throw SystemError(.lab, error.message) }
        defer { _ = lab.close() }
        let cluster = try attach(settings, access, in: lab, logDirectory: "/tmp")
        let asked = settings.broker.filter { !access.cluster.unproven.contains($0.name) }
        if !asked.isEmpty {
            for server in cluster.brokers {
                let answer = try server.call(
                    KafkaConfigsRequest(resource: .broker(server.id)), within: SystemLimits.commandSeconds)
                if KafkaErrorName.unauthorized.contains(answer.error) {
                    throw lacks("DescribeConfigs on the cluster", answer.error, access)
                }
                try KafkaCluster.verify(asked, in: answer, of: server.node.name, isForeign: true)
            }
        }
        try tryOut(settings, groups, cluster, lab.journal, access)
        return ServerVersion(path: access.cluster.name, name: "Kafka", version: "external")
    }

    private static func tryOut(
        _ settings: KafkaSettings, _ groups: [GroupSettings], _ cluster: KafkaCluster, _ journal: Journal,
        _ access: Access
    ) throws(SystemError) {
        let trial = TrialSetting(
            run: "check-\(MonotonicClock.now())", agents: 1, logDirectory: "/tmp", expectedBytes: 0,
            ownFilesystems: false)
        var topics = KafkaTopics(settings, trial)
        topics.ids = cluster.brokers.map(\.id)
        var failure: SystemError?
        do throws(SystemError) {
            // What was refused is not there, and so is not written down.
            try topics.check(on: cluster)
            do { try journal.begin(topics.names.map { .topic($0) }) } catch { throw SystemError(.lab, error.message) }
            try topics.make(on: cluster, patience: Unhurried())
            try topics.prove(on: cluster, Unhurried())
            try read(topics, cluster, access)
            for group in groups.prefix(1) {
                let request = KafkaCoordinatorRequest(key: "\(prefix)\(trial.run)-\(group.name)", kind: .group)
                let answer = try cluster.brokers[0].call(request, within: SystemLimits.commandSeconds)
                if KafkaErrorName.unauthorized.contains(answer.error) {
                    throw lacks("Read and Delete on groups", answer.error, access)
                }
            }
            if settings.transactions != nil {
                let request = KafkaCoordinatorRequest(key: "\(prefix)\(trial.run)", kind: .transaction)
                let answer = try cluster.brokers[0].call(request, within: SystemLimits.commandSeconds)
                if KafkaErrorName.unauthorized.contains(answer.error) {
                    throw lacks("Write and Describe on transactional ids", answer.error, access)
                }
            }
        } catch { failure = error }
        let left = remove(journal, on: cluster)
        if let failure {
            guard failure.message.contains("AUTHORIZATION_FAILED") else { throw failure }
            throw SystemError(
                .refused,
                "\(failure.message): allow \(access.cluster.login?.user ?? "the user") what docs/external.md lists, on "
                    + "names that begin with \(prefix)")
        }
        if let first = left.first { throw SystemError(.refused, first) }
    }

    /// The client library has its own ways in.
    private static func read(_ topics: KafkaTopics, _ cluster: KafkaCluster, _ access: Access) throws(SystemError) {
        let section = KafkaSection(
            topic: topics.probe, partition: 0, addresses: cluster.brokers.map(\.address),
            isolation: KafkaReplay.Isolation.uncommitted.rawValue)
        do throws(SystemError) { _ = try section.read(from: 0, patience: nil) { _, _ in } } catch {
            let isScram = access.cluster.mechanism.map { $0 != .plain } ?? false
            guard isScram, KafkaLibrary.number < scramIsRight else {
                throw SystemError(error.code, "librdkafka \(KafkaLibrary.version): \(error.message)")
            }
            throw SystemError(
                .missing,
                "librdkafka \(KafkaLibrary.version) does SCRAM in a way that brokers from 3.8.1 on refuse "
                    + "(\(error.message)): put the folder of 2.6.1 or later into LD_LIBRARY_PATH (docs/kafka.md, Another "
                    + "client), or use PLAIN")
        }
    }

    /// The first librdkafka that says a server's nonce once (2.6.1).
    private static let scramIsRight: Int32 = 0x0206_01FF

    private static func lacks(_ what: String, _ error: Int16, _ access: Access) -> SystemError {
        SystemError(
            .refused,
            "\(KafkaErrorName.of(error)): the user \(access.cluster.login?.user ?? "") needs \(what): allow what "
                + "docs/external.md lists, on names that begin with \(prefix)")
    }

    // MARK: Behind

    /// Members of a run that was killed are taken out of their group when their session is over.
    private static let groupSeconds = 90.0
    private static let askEvery: UInt32 = 300_000

    /// What a dead run's journal says is there.
    static func remove(_ journal: Journal, at access: Access) throws(SystemError) -> [String] {
        let nodes = access.servers.map { ExternalNode($0, of: access, logDirectory: "/tmp", journal: journal) }
        var settings = KafkaSettings()
        settings.brokers = nodes.count
        return remove(journal, on: KafkaCluster(settings, brokers: try identified(nodes, access)))
    }

    /// Removes what a journal says is there, and nothing whose name has another prefix; returns what could not be.
    static func remove(_ journal: Journal, on cluster: KafkaCluster) -> [String] {
        var left: [String] = []
        for thing in journal.things {
            do throws(SystemError) {
                switch thing {
                case .group(let name) where name.hasPrefix(prefix): try remove(group: name, cluster)
                case .topic(let name) where name.hasPrefix(prefix): try remove(topic: name, cluster)
                case .fault, .key: continue
                case .group, .topic: throw SystemError(.refused, "is not Holdfast's, and stays")
                }
                journal.end(thing)
            } catch {
                left.append("\(thing): \(error.message)")
            }
        }
        return left
    }

    private static func remove(topic: String, _ cluster: KafkaCluster) throws(SystemError) {
        let request = KafkaDeleteTopicsRequest(
            topics: [topic], milliseconds: Int32(SystemLimits.commandSeconds * 1000))
        let results = try firstAnswer(request, cluster)
        for result in results where result.error != 0 && result.error != KafkaErrorName.unknownTopic {
            throw SystemError(.refused, KafkaErrorName.of(result.error))
        }
    }

    private static func remove(group: String, _ cluster: KafkaCluster) throws(SystemError) {
        let end = MonotonicClock.now() + Int64(groupSeconds * 1e9)
        while true {
            let found = try firstAnswer(KafkaCoordinatorRequest(key: group, kind: .group), cluster)
            var error = found.error
            if error == 0, let coordinator = cluster.broker(found.broker) {
                let request = KafkaDeleteGroupsRequest(groups: [group])
                error = try coordinator.call(request, within: SystemLimits.commandSeconds).first?.error ?? 0
            }
            if error == 0 || error == KafkaErrorName.groupNotFound { return }
            guard MonotonicClock.now() < end, !KafkaErrorName.unauthorized.contains(error) else {
                throw SystemError(.refused, KafkaErrorName.of(error))
            }
            usleep(askEvery)
        }
    }

    /// Of whichever broker answers.
    private static func firstAnswer<Request: KafkaRequest>(
        _ request: Request, _ cluster: KafkaCluster
    ) throws(SystemError) -> Request.Answer {
        var last = SystemError(.unreachable, "no broker answers")
        for server in cluster.brokers {
            do throws(SystemError) { return try server.call(request, within: SystemLimits.commandSeconds) } catch {
                last = error
            }
        }
        throw last
    }
}

/// Waits with nobody to look after meanwhile.
private final class Unhurried: Patience {
    func wait(upTo seconds: Double, until condition: () -> Bool) throws(SystemError) -> Bool {
        let end = MonotonicClock.now() + Int64(seconds * 1e9)
        while !condition() {
            guard MonotonicClock.now() < end else { return false }
            usleep(10_000)
        }
        return true
    }
}
