import Labs

/// Whether a cluster is whole: every node up, and every broker for itself says the same of every partition of every
/// topic, Kafka's own included: it has a leader, and all its copies are in sync.
struct KafkaConvergence {
    private var whole = Wholeness()
    var missing: String { whole.missing }

    /// - Parameter topics: which must be there.
    mutating func holds(_ cluster: KafkaCluster, topics: [String]) -> Bool {
        if whole.isStillNo { return false }
        return whole.take(cluster.home == nil ? Self.lookAtOwn(cluster, topics) : Self.look(cluster, topics))
    }

    /// Of somebody else's cluster only our own topics are looked at, and its controllers are not ours to ask.
    private static func lookAtOwn(_ cluster: KafkaCluster, _ topics: [String]) -> String? {
        if let down = cluster.all.first(where: { !$0.isRunning }) { return "\(down.node.name) is down" }
        return problem(of: KafkaServer.ask(KafkaMetadataRequest(topics: topics), of: cluster.brokers), cluster, topics)
    }

    private static func look(_ cluster: KafkaCluster, _ topics: [String]) -> String? {
        if let down = cluster.all.first(where: { !$0.isRunning }) { return "\(down.node.name) does not run" }
        let answers = KafkaServer.ask(KafkaMetadataRequest(topics: nil), of: cluster.brokers)
        return problem(of: answers, cluster, topics) ?? quorumProblem(cluster)
    }

    private static func problem(
        of answers: [(server: KafkaServer, answer: KafkaMetadata)], _ cluster: KafkaCluster, _ topics: [String]
    ) -> String? {
        guard let first = answers.first?.answer else { return "no broker answers" }
        for server in cluster.brokers {
            let name = server.node.name
            guard let own = answers.first(where: { $0.server === server })?.answer else {
                return "\(name) does not answer"
            }
            guard own.brokers.count == cluster.brokers.count else {
                return "\(name) knows \(own.brokers.count) of \(cluster.brokers.count) brokers"
            }
            for topic in own.topics {
                if let broken = topic.partitions.first(where: { !$0.isWhole }) {
                    return broken.leader < 0
                        ? "\(name): \(topic.name)-\(broken.index) has no leader"
                        : "\(name): \(topic.name)-\(broken.index) has \(broken.inSync.count) of "
                            + "\(broken.replicas.count) in sync"
                }
                guard topic == first.topic(topic.name) else {
                    return "\(name) and \(cluster.brokers[0].node.name) say not the same of \(topic.name)"
                }
            }
            if let absent = topics.first(where: { own.topic($0) == nil }) { return "\(name) knows no topic \(absent)" }
        }
        return nil
    }

    private static func quorumProblem(_ cluster: KafkaCluster) -> String? {
        guard let quorum = cluster.quorum() else { return "no controller says that it leads" }
        let ends = quorum.answer.voters
        guard let end = ends.first(where: { $0.id == quorum.server.id })?.end else {
            return "\(quorum.server.node.name) does not count itself among the controllers"
        }
        for server in cluster.controllers {
            guard let own = ends.first(where: { $0.id == server.id }), own.end >= end - SystemLimits.quorumLag else {
                return "\(server.node.name) has not what \(quorum.server.node.name) has, which leads the controllers"
            }
        }
        return nil
    }
}
