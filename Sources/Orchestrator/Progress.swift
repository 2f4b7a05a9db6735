import Glibc

/// What a person sees while a run goes on, on standard error: with a terminal one live line, without one a line for
/// each phase.
final class Progress {
    enum Volume { case quiet, normal, verbose }

    private let volume: Volume
    private let live: Bool
    private var lineIsOpen = false
    private var title = ""
    private var lastDrawn: Int64 = 0
    private let log: RunLog

    init(volume: Volume, log: RunLog) {
        (self.volume, self.log) = (volume, log)
        live = isatty(2) == 1 && volume != .quiet
    }

    /// A new trial: `[3/12] everysec × power-loss, trial 1`.
    func begin(_ title: String) {
        self.title = title
        log.write(title)
        if live {
            draw("")
        } else if volume != .quiet {
            put(title + "\n")
        }
    }

    /// A phase of the trial: kept in run.log, and shown as a line where there is no live one.
    func phase(_ text: String) {
        log.write("  " + text)
        if live {
            draw(text)
        } else if volume != .quiet {
            put("  " + text + "\n")
        }
    }

    /// What may be shown now and forgotten; drawn at most ten times a second.
    func glimpse(now: Int64, _ text: @autoclosure () -> String) {
        guard live, now - lastDrawn > 100_000_000 else { return }
        lastDrawn = now
        draw(text())
    }

    /// A line that stays: a trial's result, a warning.
    func say(_ text: String) {
        log.write(text)
        guard volume != .quiet else { return }
        clear()
        put(text + "\n")
    }

    /// A command line that was run: always in run.log, on the screen with `--verbose`.
    func command(_ text: String) {
        log.write("  $ " + text)
        guard volume == .verbose else { return }
        clear()
        put("  $ " + text + "\n")
    }

    func close() { clear() }

    private func draw(_ text: String) {
        let width = Self.columns
        let line = String("\(title)  \(text)".prefix(max(20, width - 1)))
        put("\r\u{1B}[K" + line)
        lineIsOpen = true
    }

    private func clear() {
        if lineIsOpen { put("\r\u{1B}[K") }
        lineIsOpen = false
    }

    private func put(_ text: String) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
            if written < 0 && errno == EINTR { continue }
            if written <= 0 { return }
            bytes = bytes.dropFirst(written)
        }
    }

    private static var columns: Int {
        var size = winsize()
        return ioctl(2, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 100
    }
}
