import Documents
import Systems

/// Reads a timeline whose parameters have been put in.
struct StepReader {
    /// A bound far above any real fault, so that a mistaken file is refused and not run.
    static let longestTimeline = 1000
    static let mostRounds = 100_000

    /// Inside `each` and `repeat` there is no one moment of the workload that `at` could mean.
    private var isNested = false
    /// Whether a step before named a node that `same` can mean.
    private var hasSame = false
    private var lastMoment: (timing: Step.Timing, text: String)?

    static func timeline(_ value: Value) throws(Diagnostic) -> [Step] {
        var reader = StepReader()
        return try reader.steps(value)
    }

    private mutating func steps(_ value: Value) throws(Diagnostic) -> [Step] {
        let values = try value.list()
        guard values.count <= StepReader.longestTimeline else {
            throw value.diagnostic(
                "has \(values.count) steps", remedy: "\(StepReader.longestTimeline) at most; repeat what repeats")
        }
        var steps: [Step] = []
        for value in values { steps.append(try step(value)) }
        return steps
    }

    private mutating func step(_ value: Value) throws(Diagnostic) -> Step {
        var fields = try Fields(value, of: "a step")
        let timing = try timing(&fields)
        let kinds = ["do", "wait", "each", "repeat"].filter { fields.has($0) }
        guard kinds.count <= 1 else {
            throw value.diagnostic(
                "says both \(kinds[0]) and \(kinds[1])", remedy: "a step says one of do, wait, each, repeat")
        }
        let action: Step.Action
        switch kinds.first {
        case "do": action = .act(try act(&fields))
        case "wait": action = .wait(try wait(&fields))
        case "each": action = try each(&fields)
        case "repeat": action = .repeat(try repetition(&fields))
        default:
            _ = try fields.required("do", such: "{at: 50%, do: kill, node: primary}")
            throw value.diagnostic("does nothing", remedy: "a step says one of do, wait, each, repeat")
        }
        try fields.finish()
        return Step(timing: timing, action: action, source: value)
    }

    private mutating func timing(_ fields: inout Fields) throws(Diagnostic) -> Step.Timing {
        let at = try fields.optional("at")
        let after = try fields.optional("after")
        if let at, let after {
            throw after.diagnostic(
                "a step has at or after, not both", remedy: "leave out after, or at (\(at.text))")
        }
        if let after { return .after(try after.duration()) }
        guard let at else { return .after(.zero) }
        guard !isNested else {
            throw at.diagnostic(
                "a step inside each or repeat happens more than once",
                remedy: "time it from the step before, with after")
        }
        let timing: Step.Timing
        if let share = Units.share(at.text) {
            timing = .share(share)
        } else if let time = Units.duration(at.text) {
            timing = .at(time)
        } else {
            throw at.diagnostic(
                "\(shown(at.text)) is no moment",
                remedy: "write a time from the workload's start, such as 4s, or a share of its duration, such as 40%")
        }
        if let lastMoment, StepReader.isBefore(timing, lastMoment.timing) {
            throw at.diagnostic(
                "\(at.text) lies before the step above, at \(lastMoment.text)", remedy: "put the steps in order of time"
            )
        }
        lastMoment = (timing, at.text)
        return timing
    }

    private static func isBefore(_ one: Step.Timing, _ other: Step.Timing) -> Bool {
        switch (one, other) {
        case (.at(let one), .at(let other)): one < other
        case (.share(let one), .share(let other)): one.millionths < other.millionths
        default: false
        }
    }

    private mutating func act(_ fields: inout Fields) throws(Diagnostic) -> any Verb {
        let word = try fields.required("do")
        let name = try word.word(of: Verbs.all.map { $0.name })
        guard let kind = Verbs.named(name) else { throw word.diagnostic("\(shown(name)) is not known") }
        fields.subject = "a step that does \(name)"
        let verb = try kind.init(&fields)
        if let worker = verb.nodes?.worker, !(verb is any BuiltProcessVerb || verb is Heal) {
            throw fields.value.diagnostic(
                "\(name) is done to nodes, and \(shown(worker.description)) is a worker",
                remedy: "what is done to workers is "
                    + Verbs.all.filter { $0 is any BuiltProcessVerb.Type }.map { $0.name }.joined(separator: ", "))
        }
        try note(verb.nodes, fields)
        return verb
    }

    private mutating func wait(_ fields: inout Fields) throws(Diagnostic) -> WaitStep {
        let word = try fields.required("wait")
        let name = try Acked.writesCount(word) ? Acked.name : word.word(of: Waits.all.map { $0.name })
        guard let kind = Waits.named(name) else { throw word.diagnostic("\(shown(name)) is not known") }
        fields.subject = "a step that waits for \(name)"
        let event = try kind.init(&fields)
        if let worker = event.nodes?.worker, !(event is Holding) {
            throw fields.value.diagnostic(
                "\(name) is about nodes, and \(shown(worker.description)) is a worker", remedy: "name a node")
        }
        try note(event.nodes, fields)
        let within = try fields.required("within", such: "within: 30s").duration(
            in: .milliseconds(1)...(.seconds(86_400)))
        let mayPass = try fields.optional("or")?.word(of: ["continue"]) != nil
        return WaitStep(event: event, within: within, mayPass: mayPass)
    }

    private mutating func each(_ fields: inout Fields) throws(Diagnostic) -> Step.Action {
        fields.subject = "a step with each"
        let nodes = try NodeSelection(try fields.required("each"))
        try note(nodes, fields)
        return .each(nodes, try inner(&fields))
    }

    private mutating func repetition(_ fields: inout Fields) throws(Diagnostic) -> Repetition {
        fields.subject = "a step with repeat"
        let count = try fields.required("repeat")
        let times = count.text == "until-end" ? nil : try StepReader.times(count)
        let every = try fields.required("every", such: "every: 2s").duration(
            in: .milliseconds(1)...(.seconds(86_400 * 30)))
        return Repetition(times: times, every: every, steps: try inner(&fields))
    }

    private static func times(_ value: Value) throws(Diagnostic) -> Int {
        if case .scalar(let text, plain: true) = value.content, Int(text) == nil {
            throw value.diagnostic("\(shown(text)) is no number of rounds", remedy: "write a number, or until-end")
        }
        return try value.wholeNumber(in: 1...mostRounds)
    }

    private mutating func inner(_ fields: inout Fields) throws(Diagnostic) -> [Step] {
        let value = try fields.required("steps", such: "steps: [{do: kill, node: same}]")
        let wasNested = isNested
        isNested = true
        defer { isNested = wasNested }
        let steps = try steps(value)
        guard !steps.isEmpty else { throw value.diagnostic("has no steps", remedy: "write what is to be done") }
        return steps
    }

    /// Keeps that a node was named, and refuses `same` where none was.
    private mutating func note(_ nodes: NodeSelection?, _ fields: Fields) throws(Diagnostic) {
        guard let nodes else { return }
        if nodes.refersToSame, !hasSame {
            throw fields.value.diagnostic(
                "no step before this one names the node that same means", remedy: "name it here")
        }
        hasSame = true
    }
}
