import History

/// Positions left behind at the end: *stuck*, and confirmed but forgotten (*acks lost*).
///
/// With a `group_end`: pending positions, and delivered positions after `passed` without an ack, are stuck; those with
/// an ack that are pending all the same, and delivered ones covered by a commit but after `passed`, have lost their
/// acks. Without: delivered positions with neither ack nor commit are stuck, and no ack can be seen to be lost.
///
/// Counterexample to "delivered and without an ack": where the group passed a position, somebody confirmed it, even if
/// the reply never reached us.
struct Stuck {
    private let evidence: Evidence
    private let state: GroupState
    private(set) var stuck = 0
    private(set) var acksLost = 0
    private(set) var stuckExamples = FirstHundred<Place>()
    private(set) var acksLostExamples = FirstHundred<Place>()

    init(_ evidence: Evidence, _ state: GroupState) { (self.evidence, self.state) = (evidence, state) }

    /// When all marks are set.
    mutating func run() {
        var cached = (stream: -1, progress: StreamProgress?.none)
        state.forEachPosition { number, stream, marks in
            if cached.stream != stream { cached = (stream, state.streams[stream]) }
            let position = evidence.positions.position(number, stream: stream)
            let (isStuck, isLost) = judge(position, marks, cached.progress)
            if isStuck {
                stuck += 1
                stuckExamples.offer(Place(stream: stream, position: position))
            }
            if isLost {
                acksLost += 1
                acksLostExamples.offer(Place(stream: stream, position: position))
            }
        }
    }

    private func judge(_ position: Position, _ marks: UInt8, _ progress: StreamProgress?) -> (stuck: Bool, lost: Bool) {
        let delivered = marks & GroupState.Mark.delivered != 0
        let acked = marks & GroupState.Mark.acked != 0
        let committed = progress?.isCommitted(position) ?? false
        guard let progress, progress.hasEnd else { return (delivered && !acked && !committed, false) }
        let pending = marks & GroupState.Mark.pending != 0
        let after = !progress.isPassed(position)
        return (
            pending || (delivered && after && !acked),
            (acked && pending) || (delivered && committed && after)
        )
    }
}
