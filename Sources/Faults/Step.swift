public import Documents

/// One line of a fault's timeline.
public struct Step: Sendable {
    public enum Timing: Hashable, Sendable {
        /// From the workload's start.
        case at(Duration)
        /// At a share of the workload's duration.
        case share(Share)
        /// From the end of the step before; zero if the step says nothing.
        case after(Duration)

        /// The time that must have passed since the workload's start, or since the step before.
        public func offset(workload duration: Duration) -> Duration {
            switch self {
            case .at(let time), .after(let time): time
            case .share(let share): share.of(duration)
            }
        }
    }

    public enum Action: Sendable {
        case act(any Verb)
        case wait(WaitStep)
        /// For one node after the other, `same` being that node.
        case each(NodeSelection, [Step])
        case `repeat`(Repetition)
    }

    public var timing: Timing
    public var action: Action
    /// The step as it was written, parameters put in; where to point in messages.
    public var source: Value

    public init(timing: Timing, action: Action, source: Value) {
        (self.timing, self.action, self.source) = (timing, action, source)
    }
}

public struct WaitStep: Sendable {
    public var event: any Wait
    public var within: Duration
    /// `or: continue`: the deadline may pass without making the trial invalid.
    public var mayPass: Bool

    public init(event: any Wait, within: Duration, mayPass: Bool) {
        (self.event, self.within, self.mayPass) = (event, within, mayPass)
    }
}

public struct Repetition: Sendable {
    /// Nil: until the workload's duration is over.
    public var times: Int?
    /// From the beginning of one round to that of the next; a round that takes longer is followed at once.
    public var every: Duration
    public var steps: [Step]

    public init(times: Int?, every: Duration, steps: [Step]) {
        (self.times, self.every, self.steps) = (times, every, steps)
    }
}

extension [Step] {
    /// Every verb of the timeline, nested ones included, in the order of the file.
    public var verbs: [any Verb] { verbsAndPlaces.map(\.verb) }

    public var waits: [any Wait] { waitsAndPlaces.map(\.wait) }

    var verbsAndPlaces: [(verb: any Verb, source: Value)] {
        flatMap { step -> [(verb: any Verb, source: Value)] in
            switch step.action {
            case .act(let verb): [(verb, step.source)]
            case .wait: []
            case .each(_, let steps): steps.verbsAndPlaces
            case .repeat(let repetition): repetition.steps.verbsAndPlaces
            }
        }
    }

    var waitsAndPlaces: [(wait: any Wait, source: Value)] {
        flatMap { step -> [(wait: any Wait, source: Value)] in
            switch step.action {
            case .act: []
            case .wait(let wait): [(wait.event, step.source)]
            case .each(_, let steps): steps.waitsAndPlaces
            case .repeat(let repetition): repetition.steps.waitsAndPlaces
            }
        }
    }

    /// The time that the timeline takes at the least: every wait over at once, `each` with one node. Ten years at most,
    /// for rounds within rounds multiply.
    public func leastDuration(workload duration: Duration) -> Duration {
        var end = Duration.zero
        for step in self {
            let offset = step.timing.offset(workload: duration)
            if case .after = step.timing { end += offset } else { end = Swift.max(end, offset) }
            switch step.action {
            case .act, .wait: break
            case .each(_, let steps): end += steps.leastDuration(workload: duration)
            case .repeat(let repetition):
                let round = repetition.steps.leastDuration(workload: duration)
                guard let times = repetition.times else {
                    end = Swift.max(end, duration)
                    continue
                }
                end += Swift.max(round, repetition.every) * (times - 1) + round
            }
            end = Swift.min(end, Self.longest)
        }
        return end
    }

    private static var longest: Duration { .seconds(86_400 * 3650) }
}
