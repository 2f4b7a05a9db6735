import Foundation
import Glibc
import Platform

/// A worker's standard output. A trial that does not listen must not hold it up: a line that finds no room is dropped,
/// but for the last one.
struct StatusLine {
    private let output: Int32
    /// What the last line waits for a reader.
    private let patience: Duration = .seconds(2)
    private let encoder = JSONEncoder()

    init(output: Int32) {
        self.output = output
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        signal(SIGPIPE, SIG_IGN)
        var found = stat()
        // A terminal or a file shares its mode with others: only a pipe is ours alone.
        if fstat(output, &found) == 0, found.st_mode & S_IFMT == S_IFIFO {
            let flags = fcntl(output, F_GETFL)
            _ = fcntl(output, F_SETFL, flags | O_NONBLOCK)
        }
    }

    func write(_ status: some Encodable, last: Bool) {
        guard let json = try? encoder.encode(status) else { preconditionFailure("numbers that JSON cannot say") }
        let line = Array(json) + [0x0A]
        // Shorter than PIPE_BUF: the kernel takes it whole or not at all.
        if Glibc.write(output, line, line.count) < 0, last, errno == EAGAIN {
            _ = try? Sockets.waitWritable(output, upTo: patience)
            _ = Glibc.write(output, line, line.count)
        }
    }
}

/// Messages for people, on standard error. Any thread may write one.
public enum Diagnostics {
    public static func write(_ text: String) {
        let line = Array("\(text)\n".utf8)
        _ = Glibc.write(2, line, line.count)
    }
}
