import Synchronization

/// One program that was started: what `--verbose` prints and run.log keeps.
public struct CommandRecord: Sendable {
    /// Quoted so that it can be pasted into a shell.
    public var commandLine: String
    /// CLOCK_MONOTONIC, before the start.
    public var began: Int64
    /// How long it took; nil for one that was started and goes on.
    public var nanoseconds: Int64?
    /// `exited with 0`, `started as 123`, or what kept it from starting.
    public var outcome: String

    public init(commandLine: String, began: Int64, nanoseconds: Int64?, outcome: String) {
        (self.commandLine, self.began) = (commandLine, began)
        (self.nanoseconds, self.outcome) = (nanoseconds, outcome)
    }
}

/// Where every command line that this process starts is told.
public enum CommandLog {
    private static let observer = Mutex<(@Sendable (CommandRecord) -> Void)?>(nil)

    /// From now on `tell` hears of every command, on the thread that ran it; nil ends that.
    public static func observe(_ tell: (@Sendable (CommandRecord) -> Void)?) {
        observer.withLock { $0 = tell }
    }

    static func tell(_ record: @autoclosure () -> CommandRecord) {
        // Called outside the lock: the observer may itself run a tool.
        if let tell = observer.withLock({ $0 }) { tell(record()) }
    }

    /// A command line as a shell would take it.
    public static func quoted(_ words: [String]) -> String {
        words.map(quoted).joined(separator: " ")
    }

    private static func quoted(_ word: String) -> String {
        let plain = word.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "_@%+=:,./-".utf8.contains(byte)
            }
        }
        if plain && !word.isEmpty { return word }
        if word.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) { return dollarQuoted(word) }
        return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
    }

    /// `$'…'`: control characters must not reach a terminal or break a line of the log.
    private static func dollarQuoted(_ word: String) -> String {
        var text = "$'"
        for scalar in word.unicodeScalars {
            switch scalar {
            case "\n": text += #"\n"#
            case "\t": text += #"\t"#
            case "\r": text += #"\r"#
            case "'": text += #"\'"#
            case "\\": text += #"\\"#
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let octal = String(scalar.value, radix: 8)
                text += #"\"# + String(repeating: "0", count: 3 - octal.count) + octal
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "'"
    }
}
