import Documents
import Workload

/// Reads clients under audit: `{command: [PROGRAM, WORD, …], silence: 20s}`; what one cannot do as Holdfast's own would is
/// refused.
enum GuestReader {
    private static let silences: ClosedRange<Duration> = .seconds(1)...(.seconds(3_600))

    /// - Parameter entry: the configuration whose producer it is.
    static func producer(_ value: Value?, for entry: ConfigurationEntry) throws(Diagnostic) -> GuestSettings? {
        guard let value else { return nil }
        let (guest, command) = try read(value, of: "a producer")
        if let transactions = entry.transactions {
            throw transactions.diagnostic(
                "clients under audit have no transactions yet", remedy: "leave it out, or leave \(command.path) out")
        }
        if entry.own["hot"] != nil {
            throw command.diagnostic(
                "a hybrid's producers write to both tiers, and a client under audit knows one", remedy: "leave it out")
        }
        return guest
    }

    static func consumer(_ value: Value?) throws(Diagnostic) -> GuestSettings? {
        guard let value else { return nil }
        return try read(value, of: "a consumer").guest
    }

    private static func read(
        _ value: Value, of what: String
    ) throws(Diagnostic) -> (guest: GuestSettings, command: Value) {
        var fields = try Fields(value, of: what)
        let command = try fields.required("command", such: "command: [python3, examples/redis-py/producer.py]")
        var guest = GuestSettings(command: try command.commandWords())
        if let silence = try fields.optional("silence") {
            guest.silence = try silence.duration(in: silences).wholeNanoseconds
        }
        try fields.finish()
        return (guest, command)
    }

    /// - Parameters:
    ///   - place: where the consumer is written.
    ///   - groups: those that its processes are the consumers of.
    static func check(
        consumerAt place: Value, in groups: [GroupSettings], _ workload: WorkloadSettings
    ) throws(Diagnostic) {
        guard !groups.isEmpty else {
            throw place.diagnostic(
                "there is no group that it could be in", remedy: "add groups: [{name: …}], or leave it out")
        }
        for group in groups {
            guard let (problem, remedy) = objection(to: group) else { continue }
            throw place.diagnostic("group \(shown(group.name)): \(problem)", remedy: "\(remedy), or leave it out")
        }
        if workload.poison > 0 {
            throw place.diagnostic(
                "a client under audit works on whatever it is handed, poison, too",
                remedy: "write workload: {poison: 0%} for this configuration, or leave it out")
        }
    }

    private static func objection(to group: GroupSettings) -> (problem: String, remedy: String)? {
        if group.answers || group.reads != .events {
            return ("a client under audit answers no dispatches, and reads no results", "write results: none")
        }
        if group.deadLetterAfter != nil {
            return ("a client under audit moves nothing to dead letters", "leave the group's dead-letter out")
        }
        if group.deletes {
            return ("a client under audit acknowledges, and deletes nothing", "leave the group's deletes out")
        }
        if group.processes != group.consumers {
            return ("each consumer under audit is a process of its own", "leave the group's processes out")
        }
        return nil
    }
}
