import Glibc
import Labs
import Platform
import Testing

/// Looks until `condition` holds or the time is over.
func eventually(within seconds: Int64 = 10, _ condition: () -> Bool) -> Bool {
    let end = MonotonicClock.now() + seconds * 1_000_000_000
    while !condition() {
        if MonotonicClock.now() > end { return false }
        usleep(2000)
    }
    return true
}

/// A folder on disk that goes away with its owner.
final class TemporaryFolder {
    let path: String

    init() throws {
        var template = Array("/var/tmp/holdfast-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw KernelFailure(errno, "mkdtemp") }
        path = String(decoding: template.dropLast().map(UInt8.init), as: UTF8.self)
    }

    deinit { try? Files.removeTree(path) }
}

/// What runs on nodes of these tests: programs of this machine.
let anySoftware = Software(name: "any", usualImage: "none", imageVariable: "HOLDFAST_TEST_IMAGE")

/// How tests get inside a lab: this test program executes itself there, with a filter for the tests to run.
enum Inside {
    static let evidence = "HOLDFAST_TEST_EVIDENCE"

    static var variable: String? { getenv(evidence).map { String(cString: $0) } }

    /// Each test inside says that it ran: a filter that matches nothing would pass as well.
    static func note(_ test: String) {
        guard let path = variable else { return }
        let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
        guard file >= 0 else { return }
        defer { close(file) }
        let line = test + "\n"
        _ = write(file, line, line.utf8.count)
    }

    static func arguments(filter: String) -> [String] {
        [program, "--testing-library", "swift-testing", "--filter", filter]
    }

    /// Runs the suites whose names match, inside; returns the exit status.
    static func run(_ filter: String, notes: String) throws -> Int32 {
        try Relaunch.enter(arguments: arguments(filter: filter), protecting: [], environment: [evidence: notes])
    }

    static var program: String { Files.resolved("/proc/self/exe") ?? CommandLine.arguments[0] }

    /// Another user can be become, and may execute this program: it does not lie in a folder of root's alone.
    static let isForOthers: Bool = {
        let words = ["--reuid=65534", "--regid=65534", "--clear-groups", "--", "test", "-x", program]
        return isRoot && ((try? Tool.run("setpriv", words))?.succeeded ?? false)
    }()

    static var isRoot: Bool { Privileges.isFullRoot }
    static let rootReason: Comment = "needs root of the machine: loop devices and mounts"
}

func lines(_ path: String) -> [String] {
    (Files.read(path, limit: 1 << 20) ?? "").split(separator: "\n").map(String.init)
}
