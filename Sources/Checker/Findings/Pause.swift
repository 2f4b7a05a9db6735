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
///
/// Nearly every time without progress can be seen to be none of the longest when it ends: what is delivered then has
/// waited, so that a pause of at least its own wait is certain, and a shorter time without progress is forgotten.
struct Pause {
    private struct Stream: BitwiseCopyable {
        /// `t` of the last progress.
        var last = Int64.min
        /// So long a pause there was, whatever else waited.
        var certain: Int64 = 0
        /// The earliest ack of what was delivered since the last gap that is kept.
        var least = Int64.max
    }

    /// A time without progress that may be the longest pause.
    private struct Gap {
        var stream: Int
        var start: Int64
        var end: Int64
        /// The earliest ack of what was delivered between the gap before it, of the same stream, and this one.
        var leastBefore: Int64
    }

    private let state: GroupState
    private let waits: Waits
    private let streams: Column<Stream>
    /// In the order of time.
    private var gaps: [Gap] = []
    /// So many streams are named at most, those with the longest pauses.
    static let streamsMax = 100

    init(_ state: GroupState, _ waits: Waits) {
        (self.state, self.waits) = (state, waits)
        streams = Column(repeating: Stream(), count: state.evidence.streams.count)
    }

    /// Takes the first delivery of each position, in the order of time.
    @inline(__always) mutating func take(_ number: UInt32, stream: Int, t: Int64) {
        var known = streams.base[stream]
        let ack = waits.ack(number)
        known.certain = max(known.certain, t.minus(max(known.last, ack)))
        if t.minus(known.last) > known.certain {
            gaps.append(Gap(stream: stream, start: known.last, end: t, leastBefore: known.least))
            known.least = .max
        }
        known.least = min(known.least, ack)
        known.last = t
        streams.base[stream] = known
    }

    /// When all deliveries and commits are known.
    ///
    /// Goes back in time. What waits just before a delivery is what is delivered from then on, or never: the least of
    /// their acks is when the backlog began.
    func finish() -> Verdict.GroupFigures.Pause {
        let own = state.log.plan.streams
        let delivered = own.reduce(Int64.min) { max($0, streams[$1].last) }
        let last = max(state.evidence.history.lastEnd, waits.last, delivered)
        var since = neverDelivered()
        var longest = [Int64](repeating: 0, count: streams.count)
        for stream in own {
            let known = streams[stream]
            longest[stream] = max(known.certain, last.minus(max(known.last, since[stream])))
            since[stream] = min(since[stream], known.least)
        }
        for gap in gaps.reversed() {
            longest[gap.stream] = max(longest[gap.stream], gap.end.minus(max(gap.start, since[gap.stream])))
            since[gap.stream] = min(since[gap.stream], gap.leastBefore)
        }
        let names = state.evidence.streams.names
        let paused = own.filter { longest[$0] > 0 }
            .sorted { longest[$0] != longest[$1] ? longest[$0] > longest[$1] : $0 < $1 }
        var pause = Verdict.GroupFigures.Pause()
        for stream in paused.prefix(Pause.streamsMax) { pause.streams[names[stream]] = longest[stream] }
        if let first = paused.first { (pause.longestNanoseconds, pause.stream) = (longest[first], names[first]) }
        return pause
    }

    /// By stream, the earliest ack among the positions that were never delivered and that the group has not passed.
    private func neverDelivered() -> [Int64] {
        var earliest = [Int64](repeating: .max, count: state.evidence.streams.count)
        let passed = Dictionary(uniqueKeysWithValues: zip(state.streams.keys.sorted(), state.passedNumbers()))
        let few = state.isLarge ? [] : state.fewDelivered()
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
        if evidence.history.header.logs.isEmpty {
            // The only log may have for its own what was kept while outcomes were read.
            (acks, last) = (evidence.acked.times, evidence.acked.last)
        } else {
            acks = Column(repeating: .max, count: evidence.positions.baseCount)
            takeSimple(log)
        }
        takeComplex(log)
    }

    private func takeSimple(_ log: LogState) {
        let (evidence, events) = (log.evidence, log.evidence.events)
        // Of the stream at hand: an agent's events are in one.
        var (span, isOwn) = (0..<0, false)
        for slot in 0..<events.count where log.isAckedHere(slot) && !events.isComplex(slot) {
            let number = events.links.base[slot]
            if number == Events.noPosition { continue }
            if !span.contains(Int(number)) {
                let stream = evidence.positions.stream(number)
                (span, isOwn) = (evidence.positions.span(stream), evidence.logs.logOfStream[stream] == log.plan.index)
            }
            if isOwn { take(number, events.ackTimes.base[slot]) }
        }
    }

    private func takeComplex(_ log: LogState) {
        let (evidence, attempts) = (log.evidence, log.evidence.attempts)
        for attempt in attempts.attempts
        where attempt.position != Events.noPosition && log.isAckedHere(Int(attempt.event)) {
            if attempts.status(attempt) == .acked, evidence.log(ofPosition: attempt.position) == log.plan.index {
                take(attempt.position, attempts.ackTime(attempt))
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
