import Glibc
import Platform

/// A program under another name, in a folder of its own, for programs that look at how they were called.
struct LinkedTool {
    let path: String
    private let folder: String

    init(_ program: String, as name: String) throws(SystemError) {
        let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        folder = "\(base)/holdfast-tool.\(getpid()).\(MonotonicClock.now())"
        path = "\(folder)/\(name)"
        guard mkdir(folder, 0o700) == 0, symlink(program, path) == 0 else {
            throw SystemError(.lab, "\(path) cannot be made: \(KernelError.text(errno))")
        }
    }

    func remove() {
        unlink(path)
        rmdir(folder)
    }
}
