/// One task of an agent, event by event: it opens with a dispatch, every dispatch is answered by a result before the
/// task completes, and in between the agent reads and writes its memory and changes its state.
///
/// A value: a copy of it plays the same events, which is how a task's length is known before it begins.
struct Task: Sendable {
    /// The fewest events that make a task: dispatch, result, completion, and something learnt.
    static let shortest = 4
    /// Dispatches that one agent has open at most.
    private static let openLimit = 3

    struct Step: Sendable, BitwiseCopyable {
        var kind: EventKind
        /// The pause after the event, as a share of the sum of all pauses of the task.
        var pause: Int
    }

    private(set) var left: Int
    private let auditing: Bool
    private var opening = true
    private var open = 0
    /// The tight loop of dispatches and results, as numbers of events that are left while it lasts. It stands anywhere
    /// in the task, so that tasks are no denser at their beginning than at their end.
    private var loop = 0..<0
    private var random: SplitMix64

    /// - Parameter random: the task's own.
    init(events: Int, auditing: Bool, random: SplitMix64) {
        left = events
        self.auditing = auditing
        self.random = random
    }

    /// How many events a task has; one in four is long and has a tight loop in it.
    static func draw(_ random: inout SplitMix64) -> Int {
        random.chance(25) ? random.within(24...60) : random.within(6...20)
    }

    mutating func next() -> Step {
        precondition(left > 0, "a task that is over was played on")
        left -= 1
        if left == 0 { return Step(kind: .taskCompletion, pause: random.within(60...240)) }
        if opening {
            opening = false
            open = 1
            if left >= 20 {
                let length = random.within(12...left)
                let last = random.within(0...left - length)
                loop = last..<last + length
            }
            return Step(kind: .toolCall, pause: pause(20, 120))
        }
        let kind = choose()
        switch kind {
        case .toolCall:
            open += 1
            return Step(kind: kind, pause: pause(20, 120))
        case .toolResult:
            open -= 1
            return Step(kind: kind, pause: pause(60, 200))
        default:
            return Step(kind: kind, pause: pause(10, 60))
        }
    }

    /// What may come now: the completion is still to come, and every open dispatch wants its result before it.
    private mutating func choose() -> EventKind {
        let free = left - 1 - open
        precondition(free >= -1)
        if free < 0 { return .toolResult }
        if loop.contains(left) {
            if open == 0 { return free >= 1 ? .toolCall : .memoryWrite }
            return random.chance(85) ? .toolResult : .memoryWrite
        }
        if open < Self.openLimit, free >= 1, random.chance(open == 0 ? 55 : 20) { return .toolCall }
        if open > 0, random.chance(50) { return .toolResult }
        if auditing, random.chance(15) { return .audit }
        let draw = random.below(10)
        return draw < 4 ? .memoryRead : draw < 7 ? .memoryWrite : .stateTransition
    }

    private mutating func pause(_ shortest: Int, _ longest: Int) -> Int {
        loop.contains(left) ? random.within(4...10) : random.within(shortest...longest)
    }
}
