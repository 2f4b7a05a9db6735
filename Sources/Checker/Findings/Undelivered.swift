/// Events acked or unknown, with a copy, that the group was never handed intact: *skipped* if it went past them, else
/// *behind*; and expired events that it never saw (*expired unseen*).
///
/// Counterexample to "its first copy lies before what was passed": see `GroupState.isPast`. And a corrupted delivery
/// is none: an event that was only ever handed over damaged is undelivered.
struct Undelivered {
    private let state: GroupState
    private(set) var figures = Verdict.GroupFigures.Undelivered()
    private(set) var expiredUnseen = 0
    private(set) var skippedExamples = FirstHundred<Int>()
    private(set) var behindExamples = FirstHundred<Int>()
    private(set) var unseenExamples = FirstHundred<Int>()

    init(_ state: GroupState) { self.state = state }

    mutating func run(_ backlog: Backlog) {
        for slot in backlog.expired where !state.has(GroupState.Event.delivered, Int(slot)) {
            expiredUnseen += 1
            unseenExamples.offer(Int(slot))
        }
        if state.isLarge { lookAtAll() } else { lookAtFew(backlog) }
    }

    private mutating func lookAtAll() {
        for slot in 0..<state.events.count
        where state.log.isThere(slot) && !state.has(GroupState.Event.delivered, slot) {
            if state.isPast(slot) {
                figures.skipped += 1
                skippedExamples.offer(slot)
            } else {
                figures.behind += 1
                behindExamples.offer(slot)
            }
        }
    }

    /// Of all events that the group went past, those that it touched are taken out one by one; of all others, so many
    /// are behind.
    private mutating func lookAtFew(_ backlog: Backlog) {
        let passed = state.passedNumbers()
        var skipped = passed.reduce(0) { $0 + backlog.count(in: $1) }
        var delivered = 0
        for slot in state.fewEvents.map({ Int($0) }) where state.log.isThere(slot) {
            if state.has(GroupState.Event.delivered, slot) { delivered += 1 }
            if !backlog.isScattered(slot), contains(passed, state.log.lastCopy(slot)) { skipped -= 1 }
        }
        for slot in backlog.scattered where state.isSkipped(slot) { skipped += 1 }
        figures = .init(skipped: skipped, behind: backlog.there - delivered - skipped)
        findExamples(backlog, passed)
    }

    private mutating func findExamples(_ backlog: Backlog, _ passed: [Range<Int>]) {
        var skipped = min(figures.skipped, FirstHundred<Int>.limit)
        var behind = min(figures.behind, FirstHundred<Int>.limit)
        var slot = 0
        while skipped > 0 || behind > 0, slot < state.events.count {
            defer { slot += 1 }
            guard state.log.isThere(slot), !state.has(GroupState.Event.delivered, slot) else { continue }
            let isPast =
                backlog.isScattered(slot)
                ? state.isPast(slot)
                : !state.has(GroupState.Event.pending, slot) && contains(passed, state.log.lastCopy(slot))
            if isPast, skipped > 0 {
                skipped -= 1
                skippedExamples.offer(slot)
            } else if !isPast, behind > 0 {
                behind -= 1
                behindExamples.offer(slot)
            }
        }
    }

    private func contains(_ ranges: [Range<Int>], _ number: UInt32) -> Bool {
        var (low, high) = (0, ranges.count)
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound <= Int(number) { low = middle + 1 } else { high = middle }
        }
        return low < ranges.count && ranges[low].contains(Int(number))
    }
}

/// What the groups that read one log have before them, made once for all of them.
final class Backlog {
    /// How many events are acked or unknown and have a copy.
    private(set) var there = 0
    private(set) var expired: [UInt32] = []
    private(set) var poison: [UInt32] = []
    /// Events with copies in several streams: a history that contradicts itself, and has few of them.
    private(set) var scattered: Set<Int> = []
    /// By position: of how many of the other events the last copy lies below it. Made when a small group asks for it.
    private lazy var below: Column<UInt32> = countBelow()
    private let log: LogState

    init(_ log: LogState) {
        self.log = log
        for slot in 0..<log.evidence.events.count {
            if log.has(LogState.Flags.expired, slot) { expired.append(UInt32(slot)) }
            guard log.isThere(slot) else { continue }
            there += 1
            if log.has(LogState.Flags.poison, slot) { poison.append(UInt32(slot)) }
            guard log.has(LogState.Flags.copies, slot) else { continue }
            let positions = log.evidence.positions
            if positions.stream(log.firstCopies[slot]) != positions.stream(log.lastCopy(slot)) {
                scattered.insert(slot)
            }
        }
    }

    func isScattered(_ slot: Int) -> Bool { !scattered.isEmpty && scattered.contains(slot) }

    /// How many of these events have their last copy at one of these positions.
    func count(in numbers: Range<Int>) -> Int {
        numbers.isEmpty ? 0 : Int(below[numbers.upperBound] - below[numbers.lowerBound])
    }

    private func countBelow() -> Column<UInt32> {
        let counts = Column<UInt32>(repeating: 0, count: log.evidence.positions.baseCount + 1)
        for slot in 0..<log.evidence.events.count where log.isThere(slot) && !isScattered(slot) {
            counts[Int(log.lastCopy(slot)) + 1] += 1
        }
        for number in 1..<counts.count { counts[number] += counts[number - 1] }
        return counts
    }
}
