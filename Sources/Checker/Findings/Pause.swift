import History

/// The longest time, by stream, in which a group made no progress although it had something before it.
///
/// *Progress* in a stream is the first delivery of one of its positions to the group. *Backlog* is, from the moment of
/// the ack on, every position of the stream that an outcome acknowledged (of an attempt that is acked, of an event that
/// the log expects), that some pass has, and that was not delivered to the group as yet. Positions that the group passed
/// without ever being handed them are no backlog, for it does not wait for them: they are `skipped`. A pause lasts from
/// the last progress, or from the beginning of the backlog if that is later, to the next progress; if none came, to the
/// latest `end` of the history (or the last of these acks and deliveries, if later).
///
/// Counterexample to counting each position's wait: a consumer that is a constant minute behind makes progress all the
/// time; it has a lag of a minute, and no pause.
struct Pause {
    private struct Delivery {
        var stream: UInt32
        var position: UInt32
        var t: Int64
    }

    private let state: GroupState
    private let waits: Waits
    /// First deliveries of positions, in the order of time.
    private var deliveries: [Delivery] = []
    /// So many streams are named at most, those with the longest pauses.
    static let streamsMax = 100

    init(_ state: GroupState, _ waits: Waits) { (self.state, self.waits) = (state, waits) }

    /// Takes the first delivery of each position, in the order of time.
    @inline(__always) mutating func take(_ number: UInt32, stream: Int, t: Int64) {
        deliveries.append(Delivery(stream: UInt32(truncatingIfNeeded: stream), position: number, t: t))
    }

    /// When all deliveries and commits are known.
    ///
    /// Goes back in time. What waits just before a delivery is what is delivered from then on, or never: the least of
    /// their acks is when the backlog began.
    func finish() -> Verdict.GroupFigures.Pause {
        let streams = state.evidence.streams
        let last = max(state.evidence.history.lastEnd, waits.last, deliveries.last?.t ?? .min)
        var since = neverDelivered()
        var next = [Int64](repeating: last, count: streams.count)
        var longest = [Int64](repeating: 0, count: streams.count)
        for delivery in deliveries.reversed() {
            let stream = Int(delivery.stream)
            longest[stream] = max(longest[stream], next[stream].minus(max(delivery.t, since[stream])))
            since[stream] = min(since[stream], waits.ack(delivery.position))
            next[stream] = delivery.t
        }
        for stream in state.log.plan.streams {
            longest[stream] = max(longest[stream], next[stream].minus(since[stream]))
        }
        let paused = state.log.plan.streams.filter { longest[$0] > 0 }
            .sorted { longest[$0] != longest[$1] ? longest[$0] > longest[$1] : $0 < $1 }
        var pause = Verdict.GroupFigures.Pause()
        for stream in paused.prefix(Pause.streamsMax) { pause.streams[streams.names[stream]] = longest[stream] }
        if let first = paused.first {
            (pause.longestNanoseconds, pause.stream) = (longest[first], streams.names[first])
        }
        return pause
    }

    /// By stream, the earliest ack among the positions that were never delivered and that the group has not passed.
    private func neverDelivered() -> [Int64] {
        var earliest = [Int64](repeating: .max, count: state.evidence.streams.count)
        let passed = Dictionary(uniqueKeysWithValues: zip(state.streams.keys.sorted(), state.passedNumbers()))
        let few = state.isLarge ? [] : deliveries.map(\.position).sorted()
        var at = 0
        for stream in state.log.plan.streams {
            let span = state.evidence.positions.span(stream)
            let start = passed[stream]?.upperBound ?? span.lowerBound
            if state.isLarge {
                for number in start..<span.upperBound
                where state.marks(UInt32(number)) & GroupState.Mark.delivered == 0 {
                    earliest[stream] = min(earliest[stream], waits.acks.base[number])
                }
                continue
            }
            var from = start
            while at < few.count, Int(few[at]) < span.upperBound {
                let number = Int(few[at])
                at += 1
                if number < start { continue }
                earliest[stream] = min(earliest[stream], waits.least(from..<number))
                from = number + 1
            }
            earliest[stream] = min(earliest[stream], waits.least(from..<max(from, span.upperBound)))
        }
        return earliest
    }
}

/// When each position of a log was acked, for all groups that read it.
final class Waits {
    /// By the number of a position that some pass has; `Int64.max`: never, or of what the log does not expect.
    let acks: Column<Int64>
    /// The last of them.
    private(set) var last = Int64.min
    private static let block = 512
    /// The least of each block. Made when a small group asks for it.
    private lazy var blocks: [Int64] = stride(from: 0, to: acks.count, by: Waits.block).map { start in
        scan(start..<min(start + Waits.block, acks.count))
    }

    init(_ log: LogState) {
        let evidence = log.evidence
        acks = Column(repeating: .max, count: evidence.positions.baseCount)
        for slot in 0..<evidence.events.count where log.isAckedHere(slot) {
            if !evidence.events.isComplex(slot) {
                evidence.forEachAckedPosition(slot, in: log.plan.index) {
                    take($0, evidence.events.ackTimes.base[slot])
                }
                continue
            }
            for attempt in evidence.attempts.attempts[evidence.attempts.range(Int(evidence.events.links[slot]))]
            where attempt.position != Events.noPosition && evidence.attempts.status(attempt) == .acked {
                if evidence.log(ofPosition: attempt.position) == log.plan.index {
                    take(attempt.position, evidence.attempts.ackTime(attempt))
                }
            }
        }
    }

    @inline(__always) private func take(_ number: UInt32, _ t: Int64) {
        guard Int(number) < acks.count else { return }
        acks.base[Int(number)] = min(acks.base[Int(number)], t)
        last = max(last, t)
    }

    @inline(__always) func ack(_ number: UInt32) -> Int64 {
        Int(number) < acks.count ? acks.base[Int(number)] : .max
    }

    /// The earliest ack among positions one after the other.
    func least(_ numbers: Range<Int>) -> Int64 {
        if numbers.count < 2 * Waits.block { return scan(numbers) }
        let first = (numbers.lowerBound + Waits.block - 1) / Waits.block
        let end = numbers.upperBound / Waits.block
        let inner = blocks[first..<end].reduce(Int64.max) { min($0, $1) }
        return min(
            inner, scan(numbers.lowerBound..<first * Waits.block), scan(end * Waits.block..<numbers.upperBound))
    }

    private func scan(_ numbers: Range<Int>) -> Int64 {
        var least = Int64.max
        for number in numbers { least = min(least, acks.base[number]) }
        return least
    }
}
