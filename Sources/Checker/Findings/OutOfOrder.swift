import History

/// First deliveries of positions behind an earlier delivery of a higher position of the same agent and stream: to the
/// same consumer, or (*across*) to another consumer of the group only.
///
/// Counterexample to "behind the delivery before": position 1 is handed over, then 3, then 1 again, then 2. The 2 is out
/// of order behind 3; the second 1 is a redelivery and not a first delivery, and so is not. Deliveries with the same
/// `t` are not behind each other. Deliveries of another run do not count here, not even as the first of a position.
struct OutOfOrder {
    /// How far deliveries had come before a moment, and at it.
    private struct Reached: BitwiseCopyable {
        private var t = Int64.min
        private var before = Position(0, 0)
        private var at = Position(0, 0)

        /// Takes a delivery, and says whether its position is behind that of an earlier one. Nothing lies below the
        /// least position, so that it can stand for none.
        @inline(__always) mutating func take(_ position: Position, _ now: Int64) -> Bool {
            if now > t {
                if before < at { before = at }
                (t, at) = (now, position)
            } else if at < position {
                at = position
            }
            return position < before
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

    /// Where an agent's last delivery was counted.
    fileprivate struct Recent: BitwiseCopyable {
        var stream = UInt32.max
        var consumer = UInt32.max
        var whole: Int32 = -1
        var own: Int32 = -1
    }

    /// By the place of an agent; made once for all groups, each of which leaves them as it found them.
    final class Tables {
        fileprivate let heads: Column<Int32>
        fileprivate let recent: Column<Recent>

        init(_ index: EventIndex) {
            heads = Column(repeating: -1, count: index.agents.count)
            recent = Column(repeating: Recent(), count: index.agents.count)
        }
    }

    private let evidence: Evidence
    private let tables: Tables
    private var used: [Int] = []
    /// Of agents that attempted nothing: a place beyond those of the others, and their heads.
    private var otherPlaces: [Int64: Int] = [:]
    private var otherHeads: [Int32] = []
    private var nodes: [Node] = []
    private var places: [Key: Int32] = [:]
    private(set) var same = 0
    private(set) var across = 0
    private(set) var sameExamples = FirstHundred<Place>()
    private(set) var acrossExamples = FirstHundred<Place>()

    init(_ evidence: Evidence, _ tables: Tables) { (self.evidence, self.tables) = (evidence, tables) }

    /// Leaves the tables to the next group.
    func finish() {
        for agent in used {
            tables.heads[agent] = -1
            tables.recent[agent] = Recent()
        }
    }

    /// Takes deliveries of this run in the order of time.
    @inline(__always)
    mutating func take(_ record: UnsafePointer<Record>, _ view: View, agent known: Int, stream: Int, first: Bool) {
        let consumer = UInt32(truncatingIfNeeded: view.name(record.pointee.last))
        var place = known >= 0 ? tables.recent.base[known] : Recent()
        if place.own < 0 || place.stream != UInt32(truncatingIfNeeded: stream) || place.consumer != consumer {
            place = find(known, record.pointee.agent, stream: UInt32(truncatingIfNeeded: stream), consumer)
            if known >= 0 { tables.recent.base[known] = place }
        }
        let (position, t) = (record.pointee.position, record.pointee.t)
        let (isBehind, isBehindOwn) = nodes.withUnsafeMutableBufferPointer { nodes in
            let whole = nodes[Int(place.whole)].reached.take(position, t)
            return (whole, nodes[Int(place.own)].reached.take(position, t))
        }
        if first && isBehind { count(Place(stream: stream, position: position), isSame: isBehindOwn) }
    }

    private mutating func count(_ place: Place, isSame: Bool) {
        if isSame {
            same += 1
            sameExamples.offer(place)
        } else {
            across += 1
            acrossExamples.offer(place)
        }
    }

    private mutating func find(_ known: Int, _ number: Int64, stream: UInt32, _ consumer: UInt32) -> Recent {
        let agent = known >= 0 ? known : place(number)
        let other = agent - tables.heads.count
        let whole = node(parent: -1 - agent, head: other < 0 ? tables.heads[agent] : otherHeads[other], stream)
        if whole.isNew {
            if other < 0 {
                if tables.heads[agent] < 0 { used.append(agent) }
                tables.heads[agent] = Int32(whole.place)
            } else {
                otherHeads[other] = Int32(whole.place)
            }
        }
        let own = node(parent: whole.place, head: nodes[whole.place].child, consumer)
        if own.isNew { nodes[whole.place].child = Int32(own.place) }
        return Recent(stream: stream, consumer: consumer, whole: Int32(whole.place), own: Int32(own.place))
    }

    private mutating func place(_ number: Int64) -> Int {
        if let known = otherPlaces[number] { return known }
        let place = tables.heads.count + otherHeads.count
        otherHeads.append(-1)
        otherPlaces[number] = place
        return place
    }

    private mutating func node(parent: Int, head: Int32, _ owner: UInt32) -> (place: Int, isNew: Bool) {
        var (at, steps) = (head, 0)
        while at >= 0 && steps < OutOfOrder.searchMax {
            if nodes[Int(at)].owner == owner { return (Int(at), false) }
            at = nodes[Int(at)].next
            steps += 1
        }
        let key = Key(parent: parent, owner: owner)
        if at >= 0, let known = places[key] { return (Int(known), false) }
        let made = nodes.count
        nodes.append(Node(owner: owner, next: head))
        places[key] = Int32(made)
        return (made, true)
    }
}
