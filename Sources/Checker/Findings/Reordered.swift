/// Among the first copies of acked and unknown events: those that stand behind the first copy of a later seq of the
/// same agent. The displacement is the highest such seq less the event's own.
///
/// Counterexample to counting inversions, or descents: the log 3 0 1 2 has three displaced events (0, 1 and 2, each
/// behind 3) and not one, though there is a single descent; the largest displacement is 3 (of seq 0). And in
/// 0 1 2 0 nothing is reordered: the second 0 is a duplicate, its first copy stands where it should. Two events that
/// two passes have at one position do not stand behind each other.
struct Reordered {
    /// Of an agent, in one stream: the greatest slot before the position at hand, and at it.
    private struct Track: BitwiseCopyable {
        var stream = -1
        var number = UInt32.max
        var before = -1
        var at = -1
    }

    private let evidence: Evidence
    private let state: LogState
    private let tracks: Column<Track>
    private(set) var figures = Verdict.Reordered()
    private(set) var retried = FirstHundred<Int>()
    private(set) var unexplained = FirstHundred<Int>()

    init(_ evidence: Evidence, _ state: LogState) {
        (self.evidence, self.state) = (evidence, state)
        tracks = Column(repeating: Track(), count: evidence.events.index.agents.count)
    }

    /// Takes first copies of acked and unknown events in the order of their positions; says whether it is reordered.
    @inline(__always) mutating func take(_ slot: Int, agent: Int, stream: Int, number: UInt32) -> Bool {
        var track = tracks.base[agent]
        if track.stream != stream {
            track = Track(stream: stream, number: number)
        } else if track.number != number {
            (track.before, track.at, track.number) = (max(track.before, track.at), -1, number)
        }
        track.at = max(track.at, slot)
        tracks.base[agent] = track
        return slot < track.before && !state.plan.own ? count(slot, agent: agent, behind: track.before) : false
    }

    private mutating func count(_ slot: Int, agent: Int, behind greatest: Int) -> Bool {
        let index = evidence.events.index
        let displacement = index.seq(ofSlot: greatest, agent: agent).minus(index.seq(ofSlot: slot, agent: agent))
        figures.maxDisplacement = max(figures.maxDisplacement, displacement)
        if evidence.allRetried || state.attempts(slot).all > 1 {
            figures.retried += 1
            retried.offer(slot)
        } else {
            figures.unexplained += 1
            unexplained.offer(slot)
        }
        return true
    }
}
