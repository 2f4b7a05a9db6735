import Glibc

/// What a trial tells a guest's scribe to do to it: `signal N`, one a line among the commands of its kind of worker.
enum GuestSignal {
    static func line(_ signal: Int32) -> String { "signal \(signal)" }

    /// Nil for a line that is none.
    static func signal(in line: String) -> Int32? {
        let words = line.split(separator: " ")
        guard words.count == 2, words[0] == "signal" else { return nil }
        return Int32(words[1])
    }
}
