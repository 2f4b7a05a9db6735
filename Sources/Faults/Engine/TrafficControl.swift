import Labs
import Platform

/// The queues of a node's own interfaces, by this machine's `tc` in the node's network.
enum TrafficControl {
    /// - Parameter verb: what it is for, in messages.
    /// - Returns: what tc says.
    static func run(_ arguments: [String], on node: any Node, for verb: String) throws(FaultError) -> String {
        let result: ToolResult
        do { result = try node.runInNetwork("tc", arguments) } catch {
            throw FaultError(.failed, "\(verb) \(node.name): \(error.message)")
        }
        guard result.succeeded else {
            throw FaultError(
                .failed, "\(verb) \(node.name): tc \(arguments.joined(separator: " ")): \(result.errors)")
        }
        return result.output
    }
}
