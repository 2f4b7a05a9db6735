import Glibc

/// Results go to standard output, progress, logs and errors to standard error.
enum Console {
    static func out(_ text: String) { write(text, to: 1) }

    static func error(_ text: String) { write(text.hasSuffix("\n") ? text : text + "\n", to: 2) }

    /// Writes all of `text`; a reader that has gone away is no concern of ours.
    private static func write(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0 && errno == EINTR { continue }
            if written <= 0 { return }
            bytes = bytes.dropFirst(written)
        }
    }
}
