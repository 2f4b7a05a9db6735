public import Access
import Glibc
import Platform

/// What one trial made in a cluster that is not its own, and what it did to it: written down before it is done, so that
/// whoever comes after a run that was killed can take it away.
///
/// It lies on this machine, apart from results, and stays locked while its run lives.
public final class Journal {
    public enum Thing: Hashable, Sendable, CustomStringConvertible {
        case key(String)
        case topic(String)
        case group(String)
        /// A verb that was done to a node, by its name, and is to be undone.
        case fault(verb: String, node: String, from: String)

        public var description: String { fields.filter { !$0.isEmpty }.joined(separator: " ") }

        var fields: [String] {
            switch self {
            case .key(let name): ["key", name]
            case .topic(let name): ["topic", name]
            case .group(let name): ["group", name]
            case .fault(let verb, let node, let from): ["fault", verb, node, from]
            }
        }

        public var isFault: Bool { if case .fault = self { true } else { false } }

        init?(_ fields: [String]) {
            switch (fields.first, fields.count) {
            case ("key", 2): self = .key(fields[1])
            case ("topic", 2): self = .topic(fields[1])
            case ("group", 2): self = .group(fields[1])
            case ("fault", 4): self = .fault(verb: fields[1], node: fields[2], from: fields[3])
            default: return nil
            }
        }
    }

    static let ending = ".journal"
    private static let longest = 64 << 20

    public let path: String
    private let lock: FileLock
    private let file: Descriptor
    /// What is there still, the last first.
    public private(set) var things: [Thing]

    /// Where journals lie.
    public static var folder: String {
        let variable = { (name: String) in
            getenv(name).map { String(cString: $0) }.flatMap { $0.hasPrefix("/") ? $0 : nil }
        }
        let state = variable("XDG_STATE_HOME") ?? variable("HOME").map { $0 + "/.local/state" } ?? "/var/tmp"
        return state + "/holdfast/external"
    }

    /// Begins a new one.
    init(of cluster: ClusterFile) throws(LabError) {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        path = "\(Self.folder)/\(now.tv_sec)-\(now.tv_nsec)-\(getpid())\(Self.ending)"
        things = []
        do {
            try Files.makeFolders(Self.folder)
            lock = try FileLock(path, create: true)
            file = Descriptor(try Self.opened(path))
            try write(Self.mark(of: cluster))
        } catch {
            throw LabError(.kernel, "what is done to a cluster cannot be written down: \(error); see XDG_STATE_HOME")
        }
    }

    /// Takes over that of a dead run; nil if it is another cluster's, its run lives, or it is none.
    init?(_ path: String, of cluster: ClusterFile) {
        guard let lock = try? FileLock(path, create: false), let raw = try? Self.opened(path),
            let text = Files.read(path, limit: Self.longest)
        else { return nil }
        var lines = text.split(separator: "\n").map {
            $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        }
        // One that was killed before it had written its first line has done nothing.
        guard !lines.isEmpty else {
            unlink(path)
            return nil
        }
        guard lines.removeFirst() == Self.mark(of: cluster) else { return nil }
        self.path = path
        self.lock = lock
        file = Descriptor(raw)
        things = []
        for line in lines {
            guard let thing = Thing(Array(line.dropFirst())) else { continue }
            if line[0] == "+" { things.insert(thing, at: 0) } else { things.removeAll { $0 == thing } }
        }
    }

    /// Those of dead runs of this cluster.
    public static func dead(of cluster: ClusterFile) -> [Journal] {
        ((try? Files.names(in: folder)) ?? []).filter { $0.hasSuffix(ending) }.sorted()
            .compactMap { Journal("\(folder)/\($0)", of: cluster) }
    }

    private static func mark(of cluster: ClusterFile) -> [String] {
        ["cluster", cluster.system] + cluster.nodes.map(\.text)
    }

    private static func opened(_ path: String) throws(KernelFailure) -> Int32 {
        let raw = open(path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW)
        guard raw >= 0 else { throw KernelFailure(errno, "opening \(path)") }
        return raw
    }

    private func write(_ fields: [String]) throws(KernelFailure) {
        try Files.writeAll(Array((fields.joined(separator: "\t") + "\n").utf8), to: file.raw, what: "writing \(path)")
    }

    /// To be called before it is made or done.
    public func begin(_ new: [Thing]) throws(LabError) {
        for thing in new where !things.contains(thing) {
            do { try write(["+"] + thing.fields) } catch { throw LabError(.kernel, "\(error)") }
            things.insert(thing, at: 0)
        }
    }

    /// It is gone, or undone.
    public func end(_ thing: Thing) {
        guard things.contains(thing) else { return }
        // What is told as still there is removed once more, and that is no harm.
        _ = try? write(["-"] + thing.fields)
        things.removeAll { $0 == thing }
    }

    /// Undoes what a dead run did to a node.
    public func undo(_ verb: String, on name: String, from: String, of access: Access) throws(LabError) {
        guard let server = access.server(named: name) else {
            throw LabError(.unsafe, "\(access.cluster.path) names no \(name) any more")
        }
        let node = ExternalNode(server, of: access, logDirectory: "/tmp", journal: self)
        try node.undo(verb, from: from)
        node.answers()
    }

    /// Removes it if nothing is left to be removed or undone.
    public func close() {
        if things.isEmpty { unlink(path) }
    }
}
