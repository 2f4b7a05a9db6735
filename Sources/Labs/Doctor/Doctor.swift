import Glibc
import Platform

/// Says what this machine can and can't do, by trying it, and how to get what is missing.
///
/// The same probes print `holdfast doctor`, tell `--plan` what would be skipped, and give a skip its reason. What needs
/// namespaces is tried in throwaway ones: nothing of it can be left behind.
public enum Doctor {
    /// - Parameter directory: where results go: its disk is the one that is looked at.
    public static func examine(directory: String = ".") -> [Probe] {
        Capability.allCases.map { probe($0, directory: directory) }
    }

    public static func probe(_ capability: Capability, directory: String = ".") -> Probe {
        switch capability {
        case .kernel: kernel()
        case .cores: cores()
        case .memory: memory()
        case .disk: disk(directory)
        case .rights: rights()
        case .network, .iptables, .tc, .netem: attempt(capability)
        case .ext4, .xfs: powerLoss(capability)
        case .redisServer: server(getenv("HOLDFAST_REDIS_SERVER").map { String(cString: $0) } ?? "redis-server")
        case .preload: preload()
        }
    }

    private static func preload() -> Probe {
        let name = Capability.preload.rawValue
        if let library = Preload.library { return Probe(name: name, ok: true, detail: library.path) }
        return Probe(
            name: name, ok: false, detail: "\(Preload.name) is neither beside the executable nor in ../lib/holdfast",
            remedy: "build the whole package (swift build), and put the library there where holdfast is installed")
    }

    private static func kernel() -> Probe {
        var names = utsname()
        uname(&names)
        let release = withUnsafePointer(to: &names.release) { tuple in
            tuple.withMemoryRebound(to: CChar.self, capacity: 65) { String(cString: $0) }
        }
        let numbers = release.split(whereSeparator: { !$0.isNumber }).prefix(2).compactMap { Int($0) }
        // LOOP_CONFIGURE is of 5.8; openat2 and waiting for a pidfd are older.
        let ok = numbers.count == 2 && (numbers[0], numbers[1]) >= (5, 8)
        return Probe(
            name: Capability.kernel.rawValue, ok: ok, detail: "Linux \(release)",
            remedy: ok ? nil : "use Linux 5.8 or later")
    }

    private static func cores() -> Probe {
        let count = sysconf(Int32(_SC_NPROCESSORS_ONLN))
        return Probe(
            name: Capability.cores.rawValue, ok: count >= 2, detail: "\(count)",
            remedy: count >= 2 ? nil : "use 2 cores or more: load and server disturb each other on one")
    }

    private static func memory() -> Probe {
        let name = Capability.memory.rawValue
        let text = Files.read("/proc/meminfo", limit: Platform.Limits.procFile) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
        let kibibytes = line?.split(separator: " ").dropFirst().first.flatMap { Int64($0) } ?? 0
        let ok = kibibytes >= 1 << 20
        return Probe(
            name: name, ok: ok, detail: "\(kibibytes >> 10) MB available",
            remedy: ok ? nil : "free some: servers and what they are sent take up to 1 GB")
    }

    private static func disk(_ directory: String) -> Probe {
        let name = Capability.disk.rawValue
        let space: (free: Int64, all: Int64, type: Int64)
        do { space = try Files.space(at: directory) } catch {
            return Probe(name: name, ok: false, detail: "\(error)", remedy: "name a folder that is there")
        }
        if let kind = LoopFilesystem.notDisks[space.type] {
            return Probe(
                name: name, ok: false, detail: "\(directory) is on \(kind)",
                remedy: "put results on a disk (--out): a filesystem in memory knows no fsync")
        }
        let ok = space.free >= 2 << 30
        return Probe(
            name: name, ok: ok, detail: "\(space.free >> 20) MB free at \(directory)",
            remedy: ok ? nil : "free some, or put results elsewhere (--out): a trial takes up to 2 GB")
    }

    private static func rights() -> Probe {
        let name = Capability.rights.rawValue
        if Privileges.isFullRoot { return Probe(name: name, ok: true, detail: "root") }
        if let refusal = Relaunch.refusal {
            return Probe(
                name: name, ok: false, detail: "neither root nor user namespaces", remedy: refusal.message)
        }
        return Probe(name: name, ok: true, detail: "user namespaces, not root (power loss needs root)")
    }

    /// A server program, by path or name, with the version that it says.
    public static func server(_ program: String) -> Probe {
        let name = Capability.redisServer.rawValue
        guard let path = Tool.locate(program) else {
            return Probe(
                name: name, ok: false, detail: "\(program) is not there",
                remedy: "\(Tool.remedy(for: "redis-server")), or name one by HOLDFAST_REDIS_SERVER")
        }
        do {
            let text = try Tool.require(path, ["--version"]).output
            return Probe(name: name, ok: true, detail: "\(path): \(text.trimmedLine)")
        } catch {
            return Probe(name: name, ok: false, detail: "\(error)", remedy: Tool.remedy(for: "redis-server"))
        }
    }
}
