import History

/// What one group has been handed and has confirmed, by event and by position. One state serves one group after
/// another; what a small group touched is remembered, and only that is wiped.
final class GroupState {
    struct Event {
        /// Delivered intact.
        static let delivered: UInt8 = 1
        /// Processed at a position at which it was delivered intact.
        static let processed: UInt8 = 2
        /// Some copy of it is pending.
        static let pending: UInt8 = 4
        /// Delivered intact at a position that retention has not passed.
        static let standing: UInt8 = 8
        /// Processed, so far in the order of time.
        static let applied: UInt8 = 16
    }

    struct Mark {
        static let delivered: UInt8 = 1
        /// Delivered more than once.
        static let again: UInt8 = 2
        static let acked: UInt8 = 4
        static let processed: UInt8 = 8
        static let pending: UInt8 = 16
        /// Delivered with something of this run, or unreadable: deliveries of another run count in no order.
        static let ordered: UInt8 = 32
    }

    let evidence: Evidence
    let log: LogState
    private(set) var plan = GroupPlan(name: Name(""))
    let events: Packed.Field<UInt8>
    /// `t` of the first intact delivery, of events that have one.
    let times: Column<Int64>
    private let marks: Column<UInt8>
    private var extraMarks: [UInt8] = []
    private(set) var streams: [Int: StreamProgress] = [:]
    /// A group with at least this share of as many records as there are events and positions is large.
    private static let largeShare = 8
    /// Whether the group has so many records that everything is wiped and looked at. Thousands of small groups may look
    /// at what they touched only.
    private(set) var isLarge = false
    private var touchedEvents: [UInt32] = []
    private var touchedPositions: [UInt32] = []

    init(_ evidence: Evidence, _ log: LogState) {
        (self.evidence, self.log) = (evidence, log)
        events = evidence.events.groupMarks
        times = Column(uninitialized: evidence.events.count)
        marks = Column(repeating: 0, count: evidence.positions.baseCount)
    }

    func enter(_ plan: GroupPlan) {
        leave()
        self.plan = plan
        isLarge = plan.recordCount(evidence.survey) > (events.count + marks.count) / GroupState.largeShare
        streams = [:]
        for (stream, end) in plan.ends where evidence.logs.logOfStream[stream] == plan.log {
            streams[stream] = StreamProgress(end)
        }
    }

    private func leave() {
        if isLarge {
            for slot in 0..<events.count { events.base[slot] = 0 }
            marks.base.update(repeating: 0, count: marks.count)
            extraMarks = []
        } else {
            for slot in touchedEvents { events[Int(slot)] = 0 }
            for number in touchedPositions {
                if Int(number) < marks.count {
                    marks[Int(number)] = 0
                } else {
                    extraMarks[Int(number) - marks.count] = 0
                }
            }
        }
        touchedEvents = []
        touchedPositions = []
    }

    // MARK: Events

    @inline(__always) func has(_ flag: UInt8, _ slot: Int) -> Bool { events.base[slot] & flag != 0 }

    @inline(__always) func set(_ flag: UInt8, event slot: Int) {
        let known = events.base[slot]
        if known == 0 && !isLarge { touchedEvents.append(UInt32(slot)) }
        events.base[slot] = known | flag
    }

    /// Every event that was delivered intact; in order if the group is large.
    @inline(__always) func forEachDelivered(_ body: (Int) -> Void) {
        guard isLarge else {
            for slot in touchedEvents where has(Event.delivered, Int(slot)) { body(Int(slot)) }
            return
        }
        for slot in 0..<events.count where events.base[slot] & Event.delivered != 0 { body(slot) }
    }

    /// Whether the group did what an event asks for, as far as its records say: processed it, or at least was handed it.
    @inline(__always) func isApplied(_ slot: Int) -> Bool {
        has(plan.processing ? Event.applied : Event.delivered, slot)
    }

    /// Every event that has any mark, of a small group.
    var fewEvents: [UInt32] { touchedEvents }

    // MARK: Positions

    @inline(__always) func marks(_ number: UInt32) -> UInt8 {
        let number = Int(number)
        if number < marks.count { return marks.base[number] }
        return number - marks.count < extraMarks.count ? extraMarks[number - marks.count] : 0
    }

    @inline(__always) func set(_ mark: UInt8, position number: UInt32) {
        let place = Int(number)
        guard place < marks.count else { return setExtra(mark, number) }
        let known = marks.base[place]
        if known == 0 && !isLarge { touchedPositions.append(number) }
        marks.base[place] = known | mark
    }

    private func setExtra(_ mark: UInt8, _ number: UInt32) {
        let place = Int(number) - marks.count
        while extraMarks.count <= place { extraMarks.append(0) }
        if extraMarks[place] == 0 && !isLarge { touchedPositions.append(number) }
        extraMarks[place] |= mark
    }

    /// Every position of the group's log that it has any mark on; in order, extras at the end, if the group is large.
    func forEachPosition(_ body: (_ number: UInt32, _ stream: Int, _ marks: UInt8) -> Void) {
        let positions = evidence.positions
        guard isLarge else {
            for number in touchedPositions { body(number, positions.stream(number), marks(number)) }
            return
        }
        for stream in log.plan.streams {
            for number in positions.span(stream) where marks.base[number] != 0 {
                body(UInt32(number), stream, marks.base[number])
            }
        }
        for (place, known) in extraMarks.enumerated() where known != 0 {
            let number = UInt32(marks.count + place)
            body(number, positions.stream(number), known)
        }
    }

    /// Every position that was delivered, of a small group; ascending.
    func fewDelivered() -> [UInt32] {
        touchedPositions.filter { marks($0) & Mark.delivered != 0 }.sorted()
    }

    // MARK: Progress

    func commit(_ position: Position, stream: Int, t: Int64) {
        streams[stream, default: StreamProgress(nil)].commit(position, t: t)
    }

    func prepareCommits() {
        for stream in streams.keys { streams[stream]?.prepare() }
    }

    /// Whether the group went past an event: each of its copies lies at or before `passed`, and none is pending.
    ///
    /// Counterexample to "its first copy was passed": an event with copies at 3 and 9, and a group that passed 5 may
    /// still be handed the copy at 9. It is behind, not skipped.
    func isPast(_ slot: Int) -> Bool {
        if has(Event.pending, slot) || !isPassed(log.firstCopies[slot]) { return false }
        return log.extraCopies(slot).allSatisfy { isPassed($0.position) }
    }

    /// The numbers of the positions that the group has passed, stream by stream, ascending.
    func passedNumbers() -> [Range<Int>] {
        streams.keys.sorted().map { stream in
            let span = evidence.positions.span(stream)
            var (low, high) = (span.lowerBound, span.upperBound)
            while low < high {
                let middle = (low + high) / 2
                if streams[stream]?.isPassed(evidence.positions.position(UInt32(middle), stream: stream)) ?? false {
                    low = middle + 1
                } else {
                    high = middle
                }
            }
            return span.lowerBound..<low
        }
    }

    private func isPassed(_ number: UInt32) -> Bool {
        let stream = evidence.positions.stream(number)
        return streams[stream]?.isPassed(evidence.positions.position(number, stream: stream)) ?? false
    }

    /// An event, acked or unknown and with a copy, that was never delivered intact although the group went past it.
    func isSkipped(_ slot: Int) -> Bool {
        log.isThere(slot) && !has(Event.delivered, slot) && isPast(slot)
    }
}
