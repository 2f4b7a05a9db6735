import Access
import Glibc
import Labs
import Platform
import Workload

extension ExternalKafka {
    /// Everything that a run will need, tried: brokers are reached and let us in, settings are those of the suite, and
    /// topics may be made, written to, read and removed, groups and transactional ids used. What is made for it is
    /// removed again.
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
                let request = KafkaConfigsRequest(resource: .broker(server.id))
                let answer = try server.call(request, within: SystemLimits.commandSeconds)
                try refuse(answer.error, "DescribeConfigs on the cluster", access)
                try KafkaCluster.verify(asked, in: answer, of: server.node.name, isForeign: true)
            }
        }
        try tryOut(settings, groups, cluster, lab.journal, access)
        return ServerVersion(path: access.cluster.name, name: "Kafka", version: try version(of: cluster))
    }

    /// Brokers say of no release that they are it, but what they have agreed on.
    private static func version(of cluster: KafkaCluster) throws(SystemError) -> String {
        let levels = try cluster.brokers[0].call(KafkaFeaturesRequest(), within: SystemLimits.commandSeconds)
        let level = levels[KafkaMetadataVersion.feature]
        return level.map { "of somebody else's, \(KafkaMetadataVersion.text(of: $0))" } ?? "of somebody else's"
    }

    private static func tryOut(
        _ settings: KafkaSettings, _ groups: [GroupSettings], _ cluster: KafkaCluster, _ journal: Journal,
        _ access: Access
    ) throws(SystemError) {
        let trial = TrialSetting(
            run: "check-\(MonotonicClock.now())", agents: 1, logDirectory: "/tmp", expectedBytes: 0,
            ownFilesystems: false, groups: groups)
        var topics = KafkaTopics(settings, trial)
        topics.ids = cluster.brokers.map(\.id)
        var failure: SystemError?
        do throws(SystemError) {
            try askForRights(topics, cluster, access)
            for group in groups {
                try askForRights(onGroup: "\(prefix)\(trial.run)-\(group.name)", cluster, access)
            }
            if settings.transactions != nil {
                try askForRights(onTransactions: "\(prefix)\(trial.run)", cluster, access)
            }
            // What was refused is not there, and so is not written down.
            do throws(LabError) { try journal.begin(topics.names.map { .topic($0) }) } catch {
                throw SystemError(.lab, error.message)
            }
            try needing("DescribeConfigs on topics", access) { () throws(SystemError) in
                try topics.make(on: cluster, patience: Unhurried())
            }
            try needing("Write on topics", access) { () throws(SystemError) in
                try topics.prove(on: cluster, Unhurried())
            }
            try needing("Read on topics", access) { () throws(SystemError) in try read(topics, cluster, access) }
        } catch { failure = error }
        let left = remove(journal, on: cluster)
        if let failure { throw failure }
        if let first = left.first { throw SystemError(.refused, first) }
    }

    // MARK: Permissions

    /// Removal is asked for first: what could be made and not removed would stay.
    private static func askForRights(
        _ topics: KafkaTopics, _ cluster: KafkaCluster, _ access: Access
    ) throws(SystemError) {
        let removal = KafkaDeleteTopicsRequest(
            topics: topics.names, milliseconds: Int32(SystemLimits.commandSeconds * 1000))
        for result in try cluster.brokers[0].call(removal, within: SystemLimits.commandSeconds) {
            try refuse(result.error, "Delete on topics", access)
        }
        try needing("Create on topics", access) { () throws(SystemError) in try topics.check(on: cluster) }
    }

    private static func askForRights(
        onGroup name: String, _ cluster: KafkaCluster, _ access: Access
    ) throws(SystemError) {
        guard
            let coordinator = try coordinator(
                KafkaCoordinatorRequest(key: name, kind: .group), "Describe on groups", cluster, access)
        else { return }
        let beat = try coordinator.call(KafkaHeartbeatRequest(group: name), within: SystemLimits.commandSeconds)
        try refuse(beat, "Read on groups", access)
        let removal = KafkaDeleteGroupsRequest(groups: [name])
        for result in try coordinator.call(removal, within: SystemLimits.commandSeconds) {
            try refuse(result.error, "Delete on groups", access)
        }
    }

    private static func askForRights(
        onTransactions id: String, _ cluster: KafkaCluster, _ access: Access
    ) throws(SystemError) {
        guard
            let coordinator = try coordinator(
                KafkaCoordinatorRequest(key: id, kind: .transaction), "Describe on transactional ids", cluster, access)
        else { return }
        let end = try coordinator.call(KafkaEndTransactionRequest(id: id), within: SystemLimits.commandSeconds)
        try refuse(end, "Write on transactional ids", access)
    }

    /// Where nobody coordinates yet, as in a cluster that has had no group, it takes a while. Nil if it takes too long: a
    /// trial will say so.
    private static func coordinator(
        _ request: KafkaCoordinatorRequest, _ permission: String, _ cluster: KafkaCluster, _ access: Access
    ) throws(SystemError) -> KafkaServer? {
        let end = MonotonicClock.now() + Int64(SystemLimits.syncSeconds * 1e9)
        while MonotonicClock.now() < end {
            let answer = try cluster.brokers[0].call(request, within: SystemLimits.commandSeconds)
            try refuse(answer.error, permission, access)
            if answer.error == 0 { return cluster.broker(answer.broker) }
            usleep(askEvery)
        }
        return nil
    }

    /// An answer that says that something is not allowed, in words that say what would allow it.
    private static func refuse(_ error: Int16, _ permission: String, _ access: Access) throws(SystemError) {
        guard KafkaErrorName.unauthorized.contains(error) else { return }
        throw lacks(permission, KafkaErrorName.of(error), access)
    }

    private static func needing(
        _ permission: String, _ access: Access, _ body: () throws(SystemError) -> Void
    ) throws(SystemError) {
        do throws(SystemError) { try body() } catch {
            guard error.message.contains("AUTHORIZATION_FAILED") else { throw error }
            throw lacks(permission, error.message, access)
        }
    }

    private static func lacks(_ permission: String, _ said: String, _ access: Access) -> SystemError {
        let which = permission.hasSuffix("cluster") ? "" : " that begin with \(prefix)"
        return SystemError(
            .refused,
            "the user \(access.cluster.login?.user ?? "of that certificate") lacks \(permission)\(which) (\(said)): allow "
                + "all that docs/external.md lists")
    }

    // MARK: The client library

    /// It has its own ways in.
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
