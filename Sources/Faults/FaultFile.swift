public import Documents
import Systems
public import Workload

/// A fault: one named way to break a system, as its file says it.
public struct FaultFile: Sendable {
    public var name: String
    public var about: String
    /// Names of the systems that it makes sense for.
    public var appliesTo: [String]
    /// In the order of the file, with the values that hold: the file's own, or those that a suite set.
    public var parameters: [(name: String, value: Value)]
    /// With the parameters put in.
    public var timeline: [Step]
    /// The file's path.
    public var path: String

    /// The systems that there are or will be. A fault may name one that is not built yet: its file need not change then.
    public static let systems = [
        "redis-standalone", "redis-replicated", "redis-sentinel", "redis-cluster", "kafka", "hybrid",
    ]

    public func applies(to system: String) -> Bool { appliesTo.contains(system) }

    /// The place of a step that names a producer beyond the last of so many; nil if there is none.
    public func missingProducer(of count: Int) -> Diagnostic? {
        for (verb, source) in timeline.verbsAndPlaces {
            var numbers = verb.nodes?.words.filter { $0.word == "producer" }.compactMap(\.number) ?? []
            if case .producer(let identity) = (verb as? StartWorker)?.worker { numbers.append(identity) }
            guard let number = numbers.first(where: { $0 > count }) else { continue }
            return source.diagnostic(
                "there is no producer \(number): the workload has \(count)",
                remedy: "set workload.producers to \(number) or more, or name another")
        }
        return nil
    }

    /// The place of a step that is about consumers which these groups do not have; nil if there is none.
    public func missingConsumer(of groups: [GroupSettings], hasBridges: Bool = false) -> Diagnostic? {
        let count = groups.reduce(0) { $0 + $1.processes }
        let remedy = "add groups to the suite or the configuration, such as groups: [{name: executor, consumers: 3}]"
        func missing(_ nodes: NodeSelection?, _ source: Value) -> Diagnostic? {
            guard let word = nodes?.words.first(where: { $0.word == "consumer" && $0.number ?? 1 > count }) else {
                return nil
            }
            return source.diagnostic(
                "there is no \(word.number.map { "consumer \($0)" } ?? "consumer"): the groups have \(count) processes",
                remedy: remedy)
        }
        for (verb, source) in timeline.verbsAndPlaces {
            if let problem = missing(verb.nodes, source) { return problem }
            guard case .consumer(let group) = (verb as? StartWorker)?.worker else { continue }
            guard groups.contains(where: { $0.name == group }) else {
                return source.diagnostic("there is no group \(shown(group))", remedy: remedy)
            }
        }
        for (wait, source) in timeline.waitsAndPlaces {
            if let problem = missing(wait.nodes, source) { return problem }
            let isOfBridge = wait is CaughtUp ? hasBridges : wait.nodes?.words.contains { $0.word == "bridge" } ?? false
            guard wait is CaughtUp || wait is Holding, groups.isEmpty, !isOfBridge else { continue }
            return source.diagnostic("there is no group to wait for", remedy: remedy)
        }
        return nil
    }

    /// The place of a step that names a bridge beyond the last of so many; nil if there is none.
    public func missingBridge(of count: Int) -> Diagnostic? {
        func missing(_ numbers: [Int], _ source: Value) -> Diagnostic? {
            guard let number = numbers.first(where: { $0 > count }) else { return nil }
            if count == 0 {
                return source.diagnostic("there is no bridge: the system has none", remedy: "take system: hybrid")
            }
            return source.diagnostic(
                "there is no bridge \(number): the configuration has \(count)",
                remedy: "set bridge.count to \(number) or more, or name another")
        }
        func numbers(_ nodes: NodeSelection?) -> [Int] {
            nodes?.words.filter { $0.word == "bridge" }.map { $0.number ?? 1 } ?? []
        }
        for (verb, source) in timeline.verbsAndPlaces {
            let starts = (verb as? StartWorker)?.worker == .bridge
            if let problem = missing(numbers(verb.nodes) + (starts ? [1] : []), source) { return problem }
        }
        for (wait, source) in timeline.waitsAndPlaces {
            if let problem = missing(numbers(wait.nodes), source) { return problem }
        }
        return nil
    }

    /// Reads a fault from its document.
    /// - Parameter with: the mapping of a suite's `with:`, whose values replace the file's own.
    public init(_ document: Value, with: Value? = nil) throws(Diagnostic) {
        var fields = try Fields(document, of: "a fault")
        path = document.file
        name = try fields.required("fault", such: "fault: primary-kill").name()
        about = try fields.required("about", such: "about: The primary is killed and restarted.").name()
        appliesTo = try FaultFile.systems(try fields.required("applies-to", such: "applies-to: [redis-standalone]"))
        let own = try fields.optional("parameters")
        let timeline = try fields.required("timeline", such: "timeline: [{at: 50%, do: kill, node: primary}]")
        try fields.finish()
        var parameters = try Parameters(own)
        // With the file's own values first: a mistake in the file is no mistake of the suite that sets others.
        let usual = try StepReader.timeline(try parameters.put(into: timeline))
        if let unused = parameters.unused {
            throw unused.diagnostic("is used nowhere", remedy: "write $\(unused.text) in the timeline, or leave it out")
        }
        if let with {
            try parameters.set(with, fault: name)
            self.timeline = try StepReader.timeline(try parameters.put(into: timeline))
        } else {
            self.timeline = usual
        }
        self.parameters = parameters.values.map { ($0.key.text, $0.value) }
    }

    private static func systems(_ value: Value) throws(Diagnostic) -> [String] {
        var names: [String] = []
        for item in try value.list() {
            let name = try item.word(of: systems)
            guard !names.contains(name) else {
                throw item.diagnostic("\(shown(name)) is named twice", remedy: "name it once")
            }
            names.append(name)
        }
        guard !names.isEmpty else {
            throw value.diagnostic("names no system", remedy: "name those it makes sense for, such as redis-standalone")
        }
        return names
    }
}
