import Glibc
import Platform

/// A consumer process's word on how many events a crash at this moment would show on, where others can read it while
/// the process is stopped or gone.
public struct HoldingFile: ~Copyable {
    private static let width = 20

    private let descriptor: Int32
    private var last = -1

    init(_ path: String) throws(WorkerError) {
        descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw WorkerError("\(KernelFailure(errno, "writing \(path)"))") }
        try keep(0)
    }

    deinit { close(descriptor) }

    /// To be called before anything leaves the process that may free it of events: whoever is stopped after that was
    /// not said to hold what the broker, or the history, knows to be done.
    mutating func lower(to holding: Int) throws(WorkerError) { try keep(min(holding, last)) }

    /// One `write(2)` when the number has changed, over the last one.
    mutating func keep(_ holding: Int) throws(WorkerError) {
        if holding == last { return }
        last = holding
        let digits = String(holding)
        let line = Array(String(repeating: " ", count: Self.width - digits.count).utf8) + Array(digits.utf8) + [0x0A]
        guard pwrite(descriptor, line, line.count, 0) == line.count else {
            throw WorkerError("\(KernelFailure(errno, "keeping what is in hand"))")
        }
    }

    /// What the file says; nil if there is none.
    public static func read(_ path: String) -> Int? {
        guard let text = Files.read(path, limit: 64) else { return nil }
        return Int(text.filter { !$0.isWhitespace })
    }
}
