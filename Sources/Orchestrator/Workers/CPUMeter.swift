import Labs
import Platform
import Workers

/// CPU time that workers and servers take, from the load's start on. What a process took that a fault ended is gone
/// with it.
struct CPUMeter {
    private let readers: Int64
    private let nodes: [Int32: Int64]

    init(_ consumers: Consumers, _ bridges: Bridges, _ nodes: [any Node]) {
        readers = consumers.cpu + bridges.cpu
        self.nodes = Self.times(nodes)
    }

    func harness(_ producers: Producers, _ consumers: Consumers, _ bridges: Bridges) -> Int64 {
        (producers.status?.cpu ?? 0) + consumers.cpu + bridges.cpu - readers
    }

    /// Of processes that were there from the start on.
    func servers(_ nodes: [any Node]) -> Int64 {
        Self.times(nodes).reduce(0) { sum, now in sum + (self.nodes[now.key].map { now.value - $0 } ?? 0) }
    }

    private static func times(_ nodes: [any Node]) -> [Int32: Int64] {
        var times: [Int32: Int64] = [:]
        for node in nodes {
            guard case .running(let pid) = node.state, let time = ProcessClock.cpu(of: pid) else { continue }
            times[pid] = time
        }
        return times
    }
}
