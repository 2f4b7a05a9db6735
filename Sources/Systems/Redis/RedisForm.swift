import Workload

/// What sets the Redis systems apart as far as their settings go.
enum RedisForm {
    case standalone, replicated, sentinel, cluster

    var name: String {
        switch self {
        case .standalone: "redis-standalone"
        case .replicated: "redis-replicated"
        case .sentinel: "redis-sentinel"
        case .cluster: "redis-cluster"
        }
    }

    /// Of any Redis system.
    static let groups = GroupForm(
        acks: [.afterProcessing, .beforeProcessing, .none], keys: ["block", "claim", "deletes"])

    /// An acknowledgement of any that has replicas.
    static let fsynced: (form: String, promise: String) = (
        "waitaof L R [MS]",
        "the servers say that it is fsynced by the primary (L is 1) and by R replicas (Redis 7.2 and later, Valkey; 8000 ms "
            + "unless said otherwise, then unknown)"
    )

    var hasReplicas: Bool { self != .standalone }
    var usualReplicas: Int {
        switch self {
        case .standalone: 0
        case .cluster: 1
        case .replicated, .sentinel: 2
        }
    }

    /// Settings of Holdfast's own that a configuration may give, beside directives of redis.conf.
    var ownNames: [String] {
        ["filesystem", Admission.setting, "clients", "server", "streams", "maxlen", "ids"]
            + (hasReplicas ? ["replicas", "replica"] : []) + (self == .sentinel ? SentinelSettings.names : [])
            + (self == .cluster ? ["shards"] : [])
    }

    /// Settings of other Redis systems, and why they mean nothing in this one.
    var foreign: [String: String] {
        var foreign: [String: String] = [:]
        if self != .sentinel {
            for setting in SentinelSettings.names { foreign[setting] = "`\(name)` has no sentinels" }
        }
        switch self {
        case .standalone:
            for setting in ["replicas", "replica", "shards", "replicaof", "slaveof"] {
                foreign[setting] = "`redis-standalone` is one server"
            }
        case .replicated, .sentinel:
            foreign["shards"] = "`\(name)` has one primary"
            for setting in ["replicaof", "slaveof"] {
                foreign[setting] = "who follows whom is this system's own affair"
            }
        case .cluster:
            for setting in ["replicaof", "slaveof"] {
                foreign[setting] = "who follows whom is this system's own affair"
            }
            for setting in Self.ownedByClusters { foreign[setting] = "where nodes find each other is the lab's affair" }
            foreign["cluster-enabled"] = "in `redis-cluster` it is always yes"
        }
        return foreign
    }

    private static let ownedByClusters = [
        "cluster-config-file", "cluster-port", "cluster-announce-ip", "cluster-announce-port",
        "cluster-announce-bus-port", "cluster-announce-tls-port", "cluster-announce-hostname",
        "cluster-preferred-endpoint-type",
    ]

    /// As `holdfast systems` describes them.
    var settings: [SettingDescription] {
        switch self {
        case .standalone: Self.common(clients: "; with one node they cannot") + Self.directives
        case .replicated: Self.replication + Self.common(clients: "") + Self.replicationDirectives + Self.directives
        case .sentinel:
            Self.replication + SentinelSettings.descriptions + Self.common(clients: "") + Self.replicationDirectives
                + Self.directives
        case .cluster:
            ClusterSettings.descriptions + Self.common(clients: "") + ClusterSettings.directives
                + Self.replicationDirectives + Self.directives
        }
    }

    private static let replication = [
        SettingDescription(
            name: "replicas", values: "a number from 1", usual: "2",
            about: "servers beside the primary; nodes are redis-1 (the primary at the start), redis-2, …"),
        SettingDescription(
            name: "replica", values: "{DIRECTIVE: …}", usual: "none",
            about: "directives for replicas only, in place of those of the same name"),
    ]

    private static func common(clients: String) -> [SettingDescription] {
        [
            SettingDescription(
                name: "filesystem", values: "ext4, xfs", usual: "ext4",
                about: "of each node's data, where power can be lost"),
            Admission.description,
            SettingDescription(
                name: "clients", values: "follow, pinned", usual: "follow",
                about: "whether clients go to another node when they are told, or only when theirs refuses them"
                    + clients),
            SettingDescription(
                name: "server", values: "a path or a program's name", usual: "HOLDFAST_REDIS_SERVER, or redis-server",
                about: "the server binary, of Redis or Valkey"),
            SettingDescription(
                name: "streams", values: "one, a number, agent", usual: "one",
                about: "how agents share streams: all in one, spread over so many, or each in its own"),
            SettingDescription(
                name: "maxlen", values: "a number of entries, ~ and a number, or a number and `acked`",
                usual: "none: nothing is cut",
                about:
                    "every XADD cuts its stream to that length (MAXLEN =), or to whole nodes above it (MAXLEN ~), or cuts "
                    + "only what every group has acknowledged (ACKED, Redis 8.2); what is gone by that is `expired`, and "
                    + "`expired_unseen` for a group that had not read it"),
            SettingDescription(
                name: "ids", values: "server, event", usual: "server",
                about:
                    "who gives entries their IDs: the server by its clock, or the client by the event's number in its "
                    + "agent's own stream, so that the server refuses what it has already, and a repeated try is no "
                    + "duplicate"),
        ]
    }

    private static let replicationDirectives = [
        SettingDescription(
            name: "min-replicas-to-write", values: "a number up to `replicas`", usual: "0",
            about: "the primary refuses events (NOREPLICAS) while fewer have answered within min-replicas-max-lag "
                + "seconds; a max-lag of 0 switches it off and is refused"),
        SettingDescription(
            name: "repl-diskless-sync-delay", values: "seconds", usual: "0",
            about: "a directive of redis.conf that Holdfast sets itself unless a suite does; 5 is the server's own "
                + "default, and its first replica is in sync as much later"),
        SettingDescription(
            name: "repl-timeout", values: "seconds", usual: "5", about: "as before; 60 is the server's own default"),
        SettingDescription(
            name: "repl-ping-replica-period", values: "seconds", usual: "1",
            about: "as before; 10 is the server's own default"),
        SettingDescription(
            name: "repl-backlog-size", values: "bytes", usual: "64mb",
            about: "as before; 1mb is the server's own default"
        ),
        SettingDescription(
            name: "client-output-buffer-limit", values: "as in redis.conf", usual: "replica 1gb 1gb 0",
            about: "as before; with the server's own (256mb 64mb 60) a slow replica is dropped and copied again"),
    ]

    private static let directives = [
        SettingDescription(
            name: "save", values: "pairs of seconds and changes", usual: "\"\" (no snapshots)",
            about: "a directive of redis.conf that Holdfast sets itself unless a suite does; "
                + "\"3600 1 300 100 60 10000\" is the server's own default"),
        SettingDescription(
            name: "auto-aof-rewrite-percentage", values: "a whole number", usual: "0 (no rewrites by themselves)",
            about: "as `save`; 100 is the server's own default"),
        SettingDescription(
            name: "enable-debug-command", values: "no, yes, local", usual: "yes",
            about: "as `save`, from Redis 7.0 on"),
        SettingDescription(
            name: "DIRECTIVE", values: "as in redis.conf", usual: "the server's own default",
            about: "any other: `appendonly: yes`, `appendfsync: everysec`, `maxmemory: 64mb`; compared with "
                + "CONFIG GET after the start"),
    ]
}
