import Glibc
public import Labs
import Platform

/// Whether one machine of a lab can be reached from another by its network. Whatever answers counts, a refusal too: what
/// is asked is the way there.
public enum Reach {
    /// Connections that were begun, each decided or not when the time is up.
    private static func decided(_ sockets: [Int32?], within limit: Duration) -> [Bool] {
        if sockets.isEmpty { return [] }
        let end = MonotonicClock.now() + nanoseconds(limit)
        return sockets.map { socket in
            guard let socket else { return false }
            let left = Duration.nanoseconds(max(0, end - MonotonicClock.now()))
            return (try? Sockets.waitWritable(socket, upTo: left)) ?? false
        }
    }

    private static func nanoseconds(_ duration: Duration) -> Int64 {
        duration.components.seconds * 1_000_000_000 + duration.components.attoseconds / 1_000_000_000
    }

    /// From a node, or from the clients' side (nil), to an address: whether each gets any answer in time. They are asked
    /// at the same moment.
    /// - Parameter limit: how long each may take; nil: as long as a connection within a lab ever does.
    public static func answers(
        _ ways: [(from: (any Node)?, address: String, port: UInt16)], within limit: Duration? = nil
    ) -> [Bool] {
        let sockets = ways.map { way -> Int32? in
            if let node = way.from { return try? node.beginConnect(to: way.address, port: way.port) }
            return try? Sockets.beginConnect(way.address, port: way.port)
        }
        defer { for case let socket? in sockets { close(socket) } }
        return decided(sockets, within: limit ?? SystemLimits.reach)
    }

    /// Those whose nodes the clients' side can reach.
    static func of<Item>(_ items: [Item], port: UInt16, node: (Item) -> any Node) -> [Item] {
        let found = answers(items.map { (from: nil, address: node($0).address, port: port) })
        return zip(items, found).filter { $0.1 }.map { $0.0 }
    }
}
