import Glibc
import Platform

/// Processes that keep a filesystem busy. All of them are the lab's own: it has its own pid namespace.
enum Holders {
    /// Kills each of them, except this process.
    static func end(_ mountPoint: String) {
        for holder in find(mountPoint) where holder.pid != getpid() {
            kill(holder.pid, SIGKILL)
        }
        ProcessTable.reapOrphans()
    }

    static func describe(_ mountPoint: String) -> String {
        let holders = find(mountPoint)
        if holders.isEmpty { return "nobody that can be seen" }
        return holders.map { "\($0.name) (pid \($0.pid))" }.joined(separator: ", ")
    }

    private static func find(_ mountPoint: String) -> [ProcessTable.Entry] {
        ProcessTable.entries().filter { holds($0.pid, mountPoint) }
    }

    private static func holds(_ pid: Int32, _ mountPoint: String) -> Bool {
        func isInside(_ link: String) -> Bool {
            guard let target = linkTarget(link) else { return false }
            return target == mountPoint || target.hasPrefix(mountPoint + "/")
        }
        if isInside("/proc/\(pid)/cwd") || isInside("/proc/\(pid)/root") || isInside("/proc/\(pid)/exe") { return true }
        let descriptors = (try? Files.names(in: "/proc/\(pid)/fd")) ?? []
        if descriptors.contains(where: { isInside("/proc/\(pid)/fd/\($0)") }) { return true }
        let maps = Files.read("/proc/\(pid)/maps", limit: Platform.Limits.procFile)
        return maps?.contains(" \(mountPoint)/") ?? false
    }

    private static func linkTarget(_ path: String) -> String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
            guard let start = buffer.baseAddress else { return nil }
            let count = readlink(path, start, buffer.count)
            guard count > 0 else { return nil }
            return String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
        }
    }
}
