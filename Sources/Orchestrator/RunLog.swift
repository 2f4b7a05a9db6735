import Glibc
import Platform

/// `run.log`: what the harness did, with seconds since the run's start; each line is in the kernel's hands at once.
final class RunLog {
    private let descriptor: Int32
    private let started = MonotonicClock.now()

    /// Opens the file for appending; a run that cannot keep its log does not start.
    init(path: String) throws(RunError) {
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw RunError(.io, "cannot write \(path): \(String(cString: strerror(errno))); choose another --out")
        }
    }

    deinit { close(descriptor) }

    func write(_ text: String) {
        let seconds = Double(MonotonicClock.now() - started) / 1e9
        let tenths = String(Int(seconds * 1000) % 1000 + 1000).dropFirst()
        var bytes = Array("\(Int(seconds)).\(tenths) \(text)\n".utf8)[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0 && errno == EINTR { continue }
            if written <= 0 { return }
            bytes = bytes.dropFirst(written)
        }
    }
}
