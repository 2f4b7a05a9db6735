import Access
import Labs

/// The connection by which Holdfast asks the server of a node, from inside the node: no cut reaches it.
///
/// It is made when it is needed, and again after anything went wrong with it. Used by the thread that runs the trial.
final class RedisControl {
    private let node: any Node
    private let port: UInt16
    private var connection: RedisConnection?

    init(_ node: any Node, port: UInt16) { (self.node, self.port) = (node, port) }

    /// Another process is there: the next question goes over a connection of its own.
    func drop() { connection = nil }

    /// Replies, if the server runs and they come at once.
    func ask(_ commands: [[String]]) -> [RedisValue]? {
        guard case .running = node.state else { return nil }
        return try? tryPipeline(commands)
    }

    /// Replies that come at once, or why they do not.
    func tryPipeline(_ commands: [[String]]) throws(SystemError) -> [RedisValue] {
        try pipeline(commands, within: SystemLimits.probeSeconds)
    }

    /// Replies, waited for.
    func pipeline(_ commands: [[String]]) throws(SystemError) -> [RedisValue] {
        do throws(SystemError) { return try pipeline(commands, within: SystemLimits.commandSeconds) } catch {
            throw SystemError(error.code, "\(node.name): \(commands[0].joined(separator: " ")): \(error)")
        }
    }

    private func pipeline(_ commands: [[String]], within seconds: Double) throws(SystemError) -> [RedisValue] {
        do throws(SystemError) { return try current().pipeline(commands, within: seconds) } catch {
            connection = nil
            throw error
        }
    }

    private func current() throws(SystemError) -> RedisConnection {
        if let connection, !connection.isStale { return connection }
        let fresh = try connect()
        connection = fresh
        return fresh
    }

    /// A connection of one's own.
    func connect() throws(SystemError) -> RedisConnection {
        do {
            let server = (node as? ExternalNode)?.server ?? Access.current?.server(ofLab: node.address, port: port)
            return try RedisConnection(descriptor: node.connect(port: port), to: server)
        } catch let error as SystemError {
            throw SystemError(error.code, "\(node.name) (\(node.address)): \(error)")
        } catch {
            throw SystemError(.unreachable, "\(node.name) takes no connection: \(error)")
        }
    }
}
