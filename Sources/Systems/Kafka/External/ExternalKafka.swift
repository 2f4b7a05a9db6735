import Access
import Labs
import Platform
import Workload

/// What is done with somebody else's Kafka before, behind and apart from a trial.
enum ExternalKafka {
    static let prefix = "holdfast-"

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

    static func identified(
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
}
