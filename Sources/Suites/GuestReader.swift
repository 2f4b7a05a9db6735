import Documents
import Workload

/// Reads clients under audit: `{command: [PROGRAM, WORD, …], silence: 20s}`.
enum GuestReader {
    private static let silences: ClosedRange<Duration> = .seconds(1)...(.seconds(3_600))

    /// - Parameter entry: the configuration whose client it is.
    static func read(
        _ value: Value?, of what: String, for entry: ConfigurationEntry
    ) throws(Diagnostic) -> GuestSettings? {
        guard let value else { return nil }
        var fields = try Fields(value, of: what)
        let command = try fields.required("command", such: "command: [python3, examples/redis-py/producer.py]")
        var guest = GuestSettings(command: try command.commandWords())
        if let silence = try fields.optional("silence") {
            guest.silence = try silence.duration(in: silences).wholeNanoseconds
        }
        try fields.finish()
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
}
