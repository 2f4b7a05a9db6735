import History

/// Deliveries of a position to a group after the first: *acked* if an earlier ack or commit of the group covers it,
/// else *unacked*.
struct Redelivered {
    private struct Delivery {
        var number: UInt32
        var stream: Int
        var t: Int64
    }

    private let evidence: Evidence
    private let state: GroupState
    private var deliveries: [Delivery] = []
    private var acks: [UInt32: Int64] = [:]
    private(set) var figures = Verdict.GroupFigures.Redelivered()
    private(set) var unacked = FirstHundred<Place>()
    private(set) var acked = FirstHundred<Place>()

    init(_ evidence: Evidence, _ state: GroupState) { (self.evidence, self.state) = (evidence, state) }

    mutating func take(_ number: UInt32, stream: Int, t: Int64) {
        state.set(GroupState.Mark.again, position: number)
        deliveries.append(Delivery(number: number, stream: stream, t: t))
    }

    /// Takes an ack of a position that was delivered more than once.
    mutating func takeAck(_ number: UInt32, t: Int64) { acks[number] = min(acks[number] ?? .max, t) }

    /// When all acks and commits are known.
    mutating func finish() {
        for delivery in deliveries {
            let place = evidence.place(delivery.number, stream: delivery.stream)
            let commit = state.streams[delivery.stream]?.firstCommit(place.position)
            if acks[delivery.number].map({ $0 < delivery.t }) ?? false || commit.map({ $0 < delivery.t }) ?? false {
                figures.acked += 1
                acked.offer(place)
            } else {
                figures.unacked += 1
                unacked.offer(place)
            }
        }
    }
}
