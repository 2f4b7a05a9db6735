import Labs
import Platform
import Systems

/// Connections that a node begins with others, to see what becomes of its packets. They go to a port at which nobody
/// listens: the machine itself says so, and no server is bothered.
struct Knocks {
    let node: any Node
    let far: FarSides

    private static let port: UInt16 = 9

    /// How many of so many knocks at each address got no answer while a packet that was not lost would have had one. The
    /// kernel tries again only after a second.
    func unanswered(_ count: Int) -> [Int] {
        far.addresses.map { address in
            let ways = [(from: (any Node)?, address: String, port: UInt16)](
                repeating: (node, address, Self.port), count: count)
            return Reach.answers(ways).count { !$0 }
        }
    }

    /// The shortest of some times from a knock to its answer, for each address, in nanoseconds; nil: none came within
    /// `limit`.
    func shortestAnswers(of count: Int, upTo limit: Duration) -> [Int64?] {
        far.addresses.map { address in
            var best: Int64?
            for _ in 0..<count {
                let began = MonotonicClock.now()
                let way = (from: node as (any Node)?, address: address, port: Self.port)
                guard Reach.answers([way], within: limit) == [true] else { continue }
                best = min(best ?? .max, MonotonicClock.now() - began)
            }
            return best
        }
    }
}
