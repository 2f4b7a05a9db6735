import Glibc
import Platform

/// A host for the program to run on, that can be looked at in full: network, mounts, folders in memory, and two
/// bystanders (a redis-server with data, a firewall rule) that are none of the program's business.
///
/// It is a process in network and mount namespaces of its own: the real host's tables are never touched.
public final class StandInHost {
    private let server: Child
    private static let port = "7777"

    public var pid: Int32 { server.pid }

    /// - Parameter folder: for the bystander's own data.
    public init(folder: String) throws {
        try Files.makeFolders(folder)
        let covered = ["/run", "/dev/shm", "/tmp"].filter { !Holdfast.path.hasPrefix($0 + "/") }
        let script = """
            set -e
            for place in \(covered.joined(separator: " ")); do mount -t tmpfs none $place; done
            mkdir /run/netns
            ip link set lo up
            iptables -w -A INPUT -p tcp --dport 9 -m comment --comment bystander -j DROP
            exec redis-server --port \(Self.port) --bind 127.0.0.1 --save '' --dir \(folder)
            """
        server = try Child(
            executable: "unshare", arguments: ["--net", "--mount", "--propagation", "private", "sh", "-c", script],
            output: .file(folder + "/bystander.log"))
        guard eventually(within: 20, { cli("PING") == "PONG" }), cli("SET", "bystander", "untouched") == "OK" else {
            throw KernelFailure(
                ETIMEDOUT, "starting the bystander: \(Files.read(folder + "/bystander.log", limit: 4000) ?? "")")
        }
    }

    deinit { server.end() }

    /// The words that run a command on this host.
    public func command(_ words: [String]) -> [String] {
        ["/usr/bin/nsenter", "--net=/proc/\(pid)/ns/net", "--mount=/proc/\(pid)/ns/mnt", "--"] + words
    }

    private func cli(_ words: String...) -> String { said("redis-cli", ["-p", Self.port] + words) }

    private func said(_ tool: String, _ words: [String]) -> String {
        guard let path = Tool.locate(tool) else { return "no \(tool)" }
        let command = command([path] + words)
        guard let result = try? Tool.run(command[0], Array(command.dropFirst())) else { return "" }
        let text = result.output + result.errors
        return text.hasSuffix("\n") ? String(text.dropLast()) : text
    }

    /// Everything of it that a run could leave something in. Two looks are equal if nothing was left.
    public struct Look: Equatable, CustomStringConvertible {
        public var parts: [String: String]
        public var description: String {
            parts.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: "\n")
        }

        /// What differs, in words; empty if nothing does.
        public func differences(from other: Look) -> [String] {
            Set(parts.keys).union(other.parts.keys).sorted().filter { parts[$0] != other.parts[$0] }.map {
                "\($0): was \(other.parts[$0] ?? "-"), is \(parts[$0] ?? "-")"
            }
        }
    }

    public func look() -> Look {
        var parts: [String: String] = [:]
        parts["bystander"] = cli("GET", "bystander")
        parts["uptime"] = server.status.map { "ended: \($0)" } ?? "runs as \(pid)"
        parts["rules"] = said("iptables-save", []).split(separator: "\n").filter { !$0.hasPrefix("#") }
            .map(Self.withoutCounters).joined(separator: "\n")
        parts["links"] = said("ip", ["-brief", "link"])
        parts["addresses"] = said("ip", ["-brief", "address"])
        parts["mounts"] = Files.read("/proc/\(pid)/mountinfo", limit: 1 << 20)
        for place in ["/run", "/run/netns", "/dev/shm", "/tmp"]
        where place != "/tmp" || !Holdfast.path.hasPrefix("/tmp/") {
            let names = (try? Files.names(in: "/proc/\(pid)/root\(place)")) ?? ["cannot be read"]
            parts[place] = names.sorted().joined(separator: " ")
        }
        return Look(parts: parts)
    }

    private static func withoutCounters(_ line: Substring) -> String {
        line.hasPrefix(":") ? String(line.prefix { $0 != "[" }) : String(line)
    }
}
