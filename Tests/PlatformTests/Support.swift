import Glibc
import Platform

/// Looks until `condition` holds or five seconds are over.
func eventually(_ condition: () -> Bool) -> Bool {
    let end = MonotonicClock.now() + 5_000_000_000
    while !condition() {
        if MonotonicClock.now() > end { return false }
        usleep(2000)
    }
    return true
}

/// There is such a process, and it is no zombie.
func isAlive(_ pid: Int32) -> Bool {
    guard let text = Files.read("/proc/\(pid)/stat", limit: 4096), let end = text.lastIndex(of: ")") else {
        return false
    }
    return !text[end...].hasPrefix(") Z") && !text[end...].hasPrefix(") X")
}

/// A folder that goes away with its owner.
final class TemporaryFolder {
    let path: String

    init() throws {
        var template = Array("/var/tmp/holdfast-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw KernelFailure(errno, "mkdtemp") }
        path = String(decoding: template.dropLast().map(UInt8.init), as: UTF8.self)
    }

    deinit { try? Files.removeTree(path) }
}

/// Two descriptors that a program started meanwhile must not get, though they lack close-on-exec.
final class PipeForTest {
    private var ends: [Int32] = [-1, -1]

    init() throws {
        if pipe(&ends) != 0 { throw KernelFailure(errno, "pipe") }
    }

    deinit { for end in ends { close(end) } }
}
