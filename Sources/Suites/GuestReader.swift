import Documents
import Glibc
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
        var guest = GuestSettings(command: try words(command))
        if let silence = try fields.optional("silence") {
            guest.silence = try silence.duration(in: silences).wholeNanoseconds
        }
        try fields.finish()
        if let transactions = entry.transactions {
            throw transactions.diagnostic(
                "clients under audit have no transactions yet", remedy: "leave it out, or leave \(command.path) out")
        }
        return guest
    }

    private static func words(_ value: Value) throws(Diagnostic) -> [String] {
        var words: [String] = []
        for item in try value.list() {
            guard item.isScalar, !item.text.utf8.contains(0) else {
                throw item.diagnostic(
                    "is no word of a command", remedy: "a command is a list of words: no shell reads it")
            }
            words.append(found(item.text, beside: value.file))
        }
        guard let program = words.first, !program.isEmpty else {
            throw value.diagnostic("is empty", remedy: "write the program and its arguments, word by word")
        }
        return words
    }

    /// A relative path is meant from the working directory; of what is not there, from the suite's folder or its parent.
    private static func found(_ word: String, beside suite: String) -> String {
        guard word.contains("/"), !word.hasPrefix("/"), !word.hasPrefix("-"), access(word, F_OK) != 0 else {
            return word
        }
        let folder = suite.lastIndex(of: "/").map { String(suite[...$0]) } ?? ""
        return [folder + word, folder + "../" + word].first { access($0, F_OK) == 0 } ?? word
    }
}
