import Foundation
import Glibc
import Platform
import Report

extension Summary.Machine {
    /// This machine, and the filesystem on which `directory` lies.
    static func here(directory: String) -> Summary.Machine {
        var machine = Summary.Machine()
        machine.cores = sysconf(Int32(_SC_NPROCESSORS_ONLN))
        machine.memoryBytes = Int64(sysconf(Int32(_SC_PHYS_PAGES))) * Int64(sysconf(Int32(_SC_PAGESIZE)))
        var names = utsname()
        uname(&names)
        machine.kernel = text(&names.release)
        machine.architecture = text(&names.machine)
        machine.filesystem = filesystem(of: directory)
        return machine
    }

    private static func text<T>(_ field: inout T) -> String {
        withUnsafeBytes(of: &field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    /// The type of the mount that the path lies on: the longest mount point that it begins with.
    private static func filesystem(of path: String) -> String {
        guard let resolved = Files.resolved(path), let mounts = Files.read("/proc/self/mounts", limit: 1 << 20) else {
            return ""
        }
        var best = (length: -1, type: "")
        for line in mounts.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count > 2 else { continue }
            let point = fields[1] == "/" ? "" : String(fields[1])
            guard resolved == point || resolved.hasPrefix(point + "/"), point.count > best.length else { continue }
            best = (point.count, String(fields[2]))
        }
        return best.type
    }
}
