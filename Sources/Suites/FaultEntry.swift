import Documents
import Faults

/// An entry of a list of faults: a name, or a mapping with what goes with it.
struct FaultEntry {
    var fault: FaultFile
    var description: String?
    var trials: Int?
    var workload: Value?
    var with: Value?
    /// Where the fault is named.
    var place: Value

    static func list(_ value: Value, _ search: FaultSearch) throws(Diagnostic) -> [FaultEntry] {
        var entries: [FaultEntry] = []
        for item in try value.list() { entries.append(try FaultEntry(item, search)) }
        guard !entries.isEmpty else {
            throw value.diagnostic("names no fault", remedy: "name one; `none` is the one that breaks nothing")
        }
        return entries
    }

    init(_ value: Value, _ search: FaultSearch) throws(Diagnostic) {
        guard value.isMapping else {
            (fault, place) = (try search.load(value), value)
            return
        }
        var fields = try Fields(value, of: "an entry of faults")
        place = try fields.required("fault", such: "{fault: power-loss, trials: 5}")
        description = try fields.optional("description")?.name()
        trials = try fields.optional("trials")?.wholeNumber(in: SuiteReader.trials)
        workload = try fields.optional("workload")
        with = try fields.optional("with")
        try fields.finish()
        fault = try search.load(place, with: with)
    }

    /// Whether both would run the very same thing.
    func isSame(as other: FaultEntry) -> Bool {
        fault.name == other.fault.name && with?.flow == other.with?.flow && workload?.flow == other.workload?.flow
    }
}
