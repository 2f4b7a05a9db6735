import Glibc
import Synchronization

/// The processes of this pid namespace, as /proc shows them.
public enum ProcessTable {
    public struct Entry: Equatable, Sendable {
        public var pid: Int32
        public var parent: Int32
        public var session: Int32
        /// As `ps` says it: `R`, `S`, `D`, `T` stopped, `Z` ended and not reaped.
        public var state: Character
        public var name: String
    }

    public static func entries() -> [Entry] {
        let names = (try? Files.names(in: "/proc")) ?? []
        return names.compactMap { Int32($0) }.compactMap(entry)
    }

    /// Nil if there is no such process.
    public static func entry(_ pid: Int32) -> Entry? {
        guard let text = Files.read("/proc/\(pid)/stat", limit: Limits.procFile),
            let open = text.firstIndex(of: "("), let close = text.lastIndex(of: ")")
        else { return nil }
        let fields = text[text.index(after: close)...].split(separator: " ")
        guard fields.count > 3, let state = fields[0].first, let parent = Int32(fields[1]),
            let session = Int32(fields[3])
        else { return nil }
        let name = String(text[text.index(after: open)..<close])
        return Entry(pid: pid, parent: parent, session: session, state: state, name: name)
    }

    /// Takes the status of children that this process did not start: orphans that the kernel gave to process 1 of a
    /// namespace. Nobody else would, and each would stay as a zombie.
    public static func reapOrphans() {
        let own = getpid()
        Children.withAll { ours in
            for entry in entries() where entry.parent == own && entry.state == "Z" && !ours.contains(entry.pid) {
                waitpid(entry.pid, nil, WNOHANG)
            }
        }
    }
}

/// Every child that this process started and has not reaped.
enum Children {
    private static let pids = Mutex<Set<Int32>>([])

    /// Runs a spawn so that nobody can take the new child for an orphan.
    static func start(_ spawn: () -> Int32) -> Int32 {
        pids.withLock { pids in
            let pid = spawn()
            if pid > 0 { pids.insert(pid) }
            return pid
        }
    }

    static func add(_ pid: Int32) { _ = pids.withLock { $0.insert(pid) } }
    /// Runs what takes the child's status; from then on its number may be another's.
    @discardableResult
    static func end<Result>(_ pid: Int32, _ reap: () -> sending Result) -> sending Result {
        pids.withLock { pids in
            pids.remove(pid)
            return reap()
        }
    }

    static func withAll(_ body: (Set<Int32>) -> Void) { pids.withLock { body($0) } }
}
