import Glibc
import Platform

/// What a run is made of while it lives, to be looked for after its end.
public struct Traces {
    /// Everything that descends from the program, with when it was started: a number alone may be another's by then.
    private var processes: [Int32: String] = [:]
    private let out: String

    /// - Parameter out: the run's `--out`, by which its loop devices are known.
    public init(of program: Int32, out: String) {
        self.out = out
        note(program)
    }

    /// Adds what descends from the program now.
    public mutating func note(_ program: Int32) {
        let entries = ProcessTable.entries()
        var found = [program]
        while let parent = found.popLast() {
            if let start = Self.start(of: parent) { processes[parent] = start }
            found += entries.filter { $0.parent == parent && processes[$0.pid] == nil }.map(\.pid)
        }
    }

    public var count: Int { processes.count }

    /// What is still there, one line each.
    public var left: [String] {
        var left = processes.filter { Self.start(of: $0.key) == $0.value }.map {
            "process \($0.key) \(Self.words(of: $0.key))"
        }
        // Whatever was started later or was missed has the run's folder in its words.
        for entry in ProcessTable.entries() where processes[entry.pid] == nil && entry.pid != getpid() {
            let words = Self.words(of: entry.pid)
            if words.contains(out + "/") { left.append("process \(entry.pid) \(words)") }
        }
        left += Self.loopDevices(below: out)
        let mounts = Files.read("/proc/self/mountinfo", limit: 1 << 20) ?? ""
        left += mounts.split(separator: "\n").filter { $0.contains("/run/holdfast") || $0.contains(out) }.map(
            String.init)
        return left
    }

    /// Loop devices whose files lie, or lay, below a folder.
    public static func loopDevices(below folder: String) -> [String] {
        let names = (try? Files.names(in: "/sys/block")) ?? []
        return names.filter { $0.hasPrefix("loop") }.compactMap { name in
            guard let file = Files.read("/sys/block/\(name)/loop/backing_file", limit: 4096),
                file.hasPrefix(folder + "/")
            else { return nil }
            return "/dev/\(name) on \(file)"
        }
    }

    /// A process's words, separated by spaces; nothing for a zombie.
    private static func words(of pid: Int32) -> String {
        (Files.read("/proc/\(pid)/cmdline", limit: 1 << 16) ?? "").split(separator: "\0").joined(separator: " ")
    }

    /// When it was started, in clock ticks since the machine was; nil if it is not there or has ended.
    private static func start(of pid: Int32) -> String? {
        guard let text = Files.read("/proc/\(pid)/stat", limit: 4096), let end = text.lastIndex(of: ")") else {
            return nil
        }
        let fields = text[end...].split(separator: " ")
        guard fields.count > 20, fields[1] != "Z" else { return nil }
        return String(fields[20])
    }

    /// Processes whose words contain a text.
    public static func processes(with text: String) -> [Int32] {
        ProcessTable.entries().map(\.pid).filter { $0 != getpid() && words(of: $0).contains(text) }
    }
}
