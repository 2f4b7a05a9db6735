import Access
import Glibc
import Labs
import Platform

extension ExternalKafka {
    /// Members of a run that was killed are taken out of their group when their session is over.
    private static let groupSeconds = 90.0
    static let askEvery: UInt32 = 300_000

    /// What a dead run's journal says is there.
    static func remove(_ journal: Journal, at access: Access) throws(SystemError) -> [String] {
        let nodes = access.servers.map { ExternalNode($0, of: access, logDirectory: "/tmp", journal: journal) }
        var settings = KafkaSettings()
        settings.brokers = nodes.count
        return remove(journal, on: KafkaCluster(settings, brokers: try found(nodes, access)))
    }

    /// The brokers, once all of them answer: what a fault had taken down was started a moment ago.
    private static func found(
        _ nodes: [ExternalNode], _ access: Access
    ) throws(SystemError) -> [(id: Int32, node: ExternalNode)] {
        let end = MonotonicClock.now() + Int64(SystemLimits.startSeconds * 1e9)
        while true {
            do throws(SystemError) { return try identified(nodes, access) } catch {
                guard error.code == .unreachable, MonotonicClock.now() < end else { throw error }
            }
            usleep(askEvery)
        }
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
