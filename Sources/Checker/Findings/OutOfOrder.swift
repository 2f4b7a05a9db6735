import History

/// First deliveries of positions behind an earlier delivery of a higher position of the same agent and stream: to the
/// same consumer, or (*across*) to another consumer of the group only.
///
/// Counterexample to "behind the delivery before": position 1 is handed over, then 3, then 1 again, then 2. The 2 is out
/// of order behind 3; the second 1 is a redelivery and not a first delivery, and so is not. Deliveries with the same
/// `t` are not behind each other. Deliveries of another run do not count here, not even as the first of a position.
final class OutOfOrder {
    /// How far deliveries had come before a moment, and at it.
    private struct Reached {
        var t = Int64.min
        var before: Position?
        var at: Position?

        func isBehind(_ position: Position, _ now: Int64) -> Bool {
            if let before, position < before { return true }
            if now > t, let at, position < at { return true }
            return false
        }

        mutating func take(_ position: Position, _ now: Int64) {
            if now > t {
                if let at { before = before.map { Swift.max($0, at) } ?? at }
                (t, at) = (now, position)
            } else {
                at = at.map { Swift.max($0, position) } ?? position
            }
        }
    }

    /// A stream of an agent, or a consumer of a stream of an agent: a link in the list of those.
    private struct Node {
        var owner: UInt32
        var next: Int32
        var child: Int32 = -1
        var reached = Reached()
    }

    private struct Key: Hashable {
        var parent: Int
        var owner: UInt32
    }

    /// Lists are searched so far; beyond, by hashing.
    private static let searchMax = 8

    private let evidence: Evidence
    private var heads: [Int32]
    private let others = AgentNumbers()
    private var nodes: [Node] = []
    private var places: [Key: Int32] = [:]
    private var used: [Int] = []
    private(set) var same = 0
    private(set) var across = 0
    private(set) var sameExamples = FirstHundred<Place>()
    private(set) var acrossExamples = FirstHundred<Place>()

    init(_ evidence: Evidence) {
        self.evidence = evidence
        heads = Array(repeating: -1, count: evidence.events.index.agents.count)
    }

    func begin() {
        for agent in used { heads[agent] = -1 }
        (nodes, places, used) = ([], [:], [])
        (same, across) = (0, 0)
        (sameExamples, acrossExamples) = (FirstHundred(), FirstHundred())
    }

    /// Takes deliveries of this run in the order of time.
    func take(_ record: UnsafePointer<Record>, _ view: View, stream: Int, first: Bool) {
        let agent = place(record.pointee.agent)
        let whole = node(parent: -1 - agent, head: heads[agent], UInt32(stream)) { self.heads[agent] = $0 }
        let consumer = UInt32(view.name(record.pointee.last))
        let own = node(parent: whole, head: nodes[whole].child, consumer) { self.nodes[whole].child = $0 }
        let (position, t) = (record.pointee.position, record.pointee.t)
        if first {
            if nodes[own].reached.isBehind(position, t) {
                same += 1
                sameExamples.offer(Place(stream: stream, position: position))
            } else if nodes[whole].reached.isBehind(position, t) {
                across += 1
                acrossExamples.offer(Place(stream: stream, position: position))
            }
        }
        nodes[whole].reached.take(position, t)
        nodes[own].reached.take(position, t)
    }

    private func place(_ number: Int64) -> Int {
        let known = evidence.events.index.agent(number)
        if known >= 0 { return known }
        let other = others.find(number)
        if other >= 0 { return evidence.events.index.agents.count + other }
        heads.append(-1)
        return evidence.events.index.agents.count + others.add(number)
    }

    private func node(parent: Int, head: Int32, _ owner: UInt32, _ setHead: (Int32) -> Void) -> Int {
        var (at, steps) = (head, 0)
        while at >= 0 && steps < OutOfOrder.searchMax {
            if nodes[Int(at)].owner == owner { return Int(at) }
            at = nodes[Int(at)].next
            steps += 1
        }
        let key = Key(parent: parent, owner: owner)
        if at >= 0, let known = places[key] { return Int(known) }
        if parent < 0 && head < 0 { used.append(-1 - parent) }
        let made = Int32(nodes.count)
        nodes.append(Node(owner: owner, next: head))
        places[key] = made
        setHead(made)
        return Int(made)
    }
}
