import Glibc

/// A server's redis.conf: what the lab needs, what a suite asked for, and what Holdfast sets unless it did.
struct RedisConfigurationFile {
    typealias Directive = RedisSettings.Directive

    /// What the lab needs so that the server can be reached, watched and found; it is proven by its answering.
    let labLines: [Directive]
    /// What trials are about: compared with what the server says it runs with.
    let lines: [Directive]

    let isOfCluster: Bool

    static let port: UInt16 = 6379

    /// - Parameters:
    ///   - address: of the node; the server listens there and on the node's own loopback.
    ///   - isReplica: whether it is to be one at the start.
    ///   - admission: how anybody is let in; nil: without a word.
    init(
        _ settings: RedisSettings, binary: RedisBinary, address: String, dataDirectory: String, isReplica: Bool = false,
        admission: RedisAdmission? = nil
    ) {
        let entry =
            admission?.lines(binary, isOfCluster: settings.shards > 0)
            ?? [Directive(name: "port", value: String(Self.port))]
        var labLines =
            entry + [
                // Nodes whose address is a loopback one share it with others.
                Directive(name: "bind", value: address.hasPrefix("127.") ? address : "\(address) 127.0.0.1"),
                Directive(name: "protected-mode", value: "no"),
                Directive(name: "daemonize", value: "no"),
                Directive(name: "logfile", value: ""),
                Directive(name: "dir", value: Self.quoted(dataDirectory)),
            ]
        // A primary's list of its replicas is compared with the nodes' addresses.
        if settings.replicas > 0 { labLines.append(Directive(name: "replica-announce-ip", value: address)) }
        if settings.shards > 0 {
            labLines += [
                Directive(name: "cluster-enabled", value: "yes"),
                Directive(name: "cluster-config-file", value: "nodes.conf"),
                Directive(name: "cluster-announce-ip", value: address),
            ]
        }
        self.labLines = labLines
        isOfCluster = settings.shards > 0
        let directives = settings.directives(forReplica: isReplica)
        let usual =
            Self.usual(binary) + (settings.replicas > 0 ? Self.usualOfReplication : [])
            + (settings.shards > 0 ? [Directive(name: "cluster-node-timeout", value: "2000")] : [])
        var lines = usual.filter { usual in !directives.contains { $0.name == usual.name } }
        for directive in directives {
            if directive.name == "save" {
                lines += Self.savePoints(directive.value)
            } else {
                lines.append(directive)
            }
        }
        self.lines = lines
    }

    /// What a suite says of a server that is somebody else's, and nothing else.
    init(claims settings: RedisSettings, isReplica: Bool) {
        (labLines, isOfCluster) = ([], settings.shards > 0)
        lines = settings.directives(forReplica: isReplica)
    }

    /// What makes trials quick and comparable; a suite that tests one of them sets it.
    private static func usual(_ binary: RedisBinary) -> [Directive] {
        var usual = [
            // Snapshots only where a configuration asks for them: with a save point, even SIGTERM makes one.
            Directive(name: "save", value: ""),
            // A rewrite in the middle of a trial is a fault of its own.
            Directive(name: "auto-aof-rewrite-percentage", value: "0"),
        ]
        if binary.isAtLeast(7, 0) { usual.append(Directive(name: "enable-debug-command", value: "yes")) }
        return usual
    }

    /// What makes replication quick and lets nothing but the fault break it. The server's own first copy waits 5 s for
    /// more replicas to come, a cut link is noticed after 60 s, and a slow replica is dropped and copied again.
    private static let usualOfReplication = [
        Directive(name: "repl-diskless-sync-delay", value: "0"),
        Directive(name: "repl-timeout", value: "5"),
        Directive(name: "repl-ping-replica-period", value: "1"),
        Directive(name: "repl-backlog-size", value: "64mb"),
        Directive(name: "client-output-buffer-limit", value: "replica 1gb 1gb 0"),
    ]

    /// Servers before 7.0 take one save point a line.
    private static func savePoints(_ value: String) -> [Directive] {
        let words = value.split(separator: " ")
        guard words.count > 2 else { return [Directive(name: "save", value: value)] }
        return stride(from: 0, to: words.count - 1, by: 2).map {
            Directive(name: "save", value: "\(words[$0]) \(words[$0 + 1])")
        }
    }

    static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    var text: String {
        (labLines + lines).map { $0.text + "\n" }.joined()
    }

    /// Names in the order of the file, each once, with the values of their lines.
    var wanted: [(name: String, values: [String])] {
        var names: [String] = []
        var values: [String: [String]] = [:]
        for line in lines {
            if values[line.name] == nil { names.append(line.name) }
            values[line.name, default: []].append(line.value)
        }
        return names.map { ($0, values[$0] ?? []) }
    }
}
