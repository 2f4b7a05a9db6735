import Documents
import Systems
import Workload

/// Reads who answers dispatches; it comes down to two groups.
enum ResultsReader {
    private static let executors = 1...100

    /// - Parameters:
    ///   - value: `{executors: 2, processing: 5ms}`, or `none`, which takes back what the suite said.
    ///   - kind: the system whose configuration is to have them.
    static func add(
        _ value: Value?, to groups: inout [GroupSettings], for kind: any SystemKind
    ) throws(Diagnostic) {
        guard let value, value.text != "none" else { return }
        var fields = try Fields(value, of: "results")
        let count = try fields.required("executors", such: "{executors: 2}").wholeNumber(in: executors)
        var results = ResultsSettings(executors: count)
        if let value = try fields.optional("processing") {
            results.processing = try value.duration(in: .zero...(.seconds(3_600))).wholeNanoseconds
        }
        try fields.finish()
        guard kind.groupForm != nil else {
            throw value.diagnostic(
                "\(kind.name) has no consumer groups, and so no executors", remedy: "write results: none here")
        }
        for group in results.groups {
            guard !groups.contains(where: { $0.name == group.name }) else {
                throw value.diagnostic(
                    "the suite has a group \(shown(group.name)) already, and results need that name",
                    remedy: "rename the group")
            }
        }
        groups += results.groups
    }
}
