import Access
import Labs
import Workers
import Workload

/// A Redis that is somebody else's, for one trial: nothing is started or configured there. What is made has the run's name
/// in front, is written down before it is made, and is removed in the end.
protocol ForeignRedis: RedisSystem {
    var journal: Journal? { get }
}

extension ForeignRedis {
    /// Everything that a trial may make there, beside what it probes by.
    func noteStreams() throws(SystemError) {
        let groups = servers.trial.groups
        let owners = groups.map { "\(streams[0]).\($0.name)-owners" }
        let keys = streams + groups.flatMap { deadStreams(of: $0) } + resultStreams + owners
        try note(keys)
    }

    func note(_ keys: [String]) throws(SystemError) {
        do { try journal?.begin(keys.map { .key($0) }) } catch { throw SystemError(.lab, error.message) }
    }

    func repair(_ node: any Node) throws(SystemError) -> String {
        throw SystemError(.notApplicable, "\(node.name) is its owner's to repair")
    }

    func port(of node: any Node) -> UInt16 { (node as? ExternalNode)?.server.port ?? RedisConfigurationFile.port }

    func command(_ node: any Node, _ words: [String]) throws(SystemError) -> String {
        throw SystemError(.notApplicable, "\(node.name) is somebody else's: no commands are sent to it")
    }

    func awaitFirstAnswers(_ patience: any Patience) throws(SystemError) {
        try note(servers.all.prefix(1).map(\.probeKey))
        for server in servers.all {
            guard case .answered = try server.awaitAnswer(patience) else {
                throw SystemError(.refused, "\(server.node.name) does not serve: \(server.lastAnswer)")
            }
        }
    }

    func orders(addresses: [String], settings: [String: String]) -> ClientOrders {
        ClientOrders(
            client: "redis", addresses: addresses, streams: streams, ack: servers.settings.ack, settings: settings)
    }
}
