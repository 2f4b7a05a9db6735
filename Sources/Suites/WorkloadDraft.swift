import Documents
import Workload

/// A workload as it comes together: the suite's keys, over them a configuration's, over them a fault's.
struct WorkloadDraft {
    private(set) var settings = WorkloadSettings()
    /// Where each key that was set stands.
    private var places: [String: Value] = [:]
    private var last: Value?

    static let durations: ClosedRange<Duration> = .milliseconds(100)...(.seconds(86_400 * 30))

    /// Takes the keys that a `workload:` names.
    mutating func apply(_ value: Value) throws(Diagnostic) {
        var fields = try Fields(value, of: "a workload")
        last = value
        if let value = try place("agents", &fields) {
            settings.agents = try value.wholeNumber(in: 1...WorkloadSettings.agentLimit)
        }
        if let value = try place("rate", &fields) { settings.rate = try value.number(in: 0.001...100_000_000) }
        if let value = try place("duration", &fields) {
            settings.duration = try value.duration(in: Self.durations).wholeNanoseconds
        }
        if let value = try place("payload", &fields) { settings.payload = try Self.payload(value) }
        if let value = try place("bursts", &fields) { settings.bursts = try Self.bursts(value) }
        if let value = try place("producers", &fields) { settings.producers = try value.wholeNumber(in: 1...64) }
        if let value = try place("in-flight", &fields) { settings.inFlight = try value.wholeNumber(in: 1...1024) }
        if let value = try place("poison", &fields) { settings.poison = try value.share().fraction }
        try fields.finish()
    }

    private mutating func place(_ name: String, _ fields: inout Fields) throws(Diagnostic) -> Value? {
        guard let value = try fields.optional(name) else { return nil }
        places[name] = value
        return value
    }

    /// One number, or the ends of a range.
    private static func payload(_ value: Value) throws(Diagnostic) -> ClosedRange<Int> {
        let sizes = 0...WorkloadSettings.payloadLimit
        guard value.isMapping else {
            let size = try value.wholeNumber(in: sizes)
            return size...size
        }
        var fields = try Fields(value, of: "a payload")
        let low = try fields.required("min", such: "{min: 200, max: 2000}")
        let high = try fields.required("max", such: "{min: 200, max: 2000}")
        try fields.finish()
        let (least, most) = (try low.wholeNumber(in: sizes), try high.wholeNumber(in: sizes))
        guard least <= most else {
            throw low.diagnostic("min (\(least)) is above max (\(most))", remedy: "swap them")
        }
        return least...most
    }

    /// `none` takes back what a wider workload said.
    private static func bursts(_ value: Value) throws(Diagnostic) -> WorkloadSettings.Bursts? {
        if value.text == "none" { return nil }
        var fields = try Fields(value, of: "bursts")
        let example = "{every: 2s, length: 200ms, factor: 3}"
        let every = try fields.required("every", such: example)
        let length = try fields.required("length", such: example)
        let factor = try fields.required("factor", such: example).number(in: 1...1000)
        try fields.finish()
        let period = try every.duration(in: .milliseconds(1)...durations.upperBound)
        let burst = try length.duration(in: .microseconds(1)...durations.upperBound)
        guard burst < period else {
            throw length.diagnostic(
                "a burst of \(burst.written) every \(period.written) never ends", remedy: "make it shorter than `every`"
            )
        }
        return WorkloadSettings.Bursts(every: period.wholeNanoseconds, length: burst.wholeNanoseconds, factor: factor)
    }

    /// The workload that comes of it; refuses what does not fit together.
    /// - Parameter owner: where to point if no workload was given.
    func checked(for owner: Value) throws(Diagnostic) -> WorkloadSettings {
        var result = settings
        if places["producers"] == nil { result.producers = min(result.producers, result.agents) }
        guard let (field, message) = result.problem else { return result }
        let name = String(field.prefix { $0 != "." })
        throw (places[name] ?? last ?? owner).diagnostic("`\(field)` \(message)", remedy: "change one of them")
    }
}
