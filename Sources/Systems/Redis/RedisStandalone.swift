import Documents
import Labs
import Workload

/// One Redis or Valkey server.
struct RedisStandalone: SystemKind {
    let name = "redis-standalone"
    let about = "one Redis or Valkey server, with its data on a filesystem of its own"

    let settings = [
        SettingDescription(
            name: "filesystem", values: "ext4, xfs", usual: "ext4", about: "of the node's data, where power can be lost"
        ),
        SettingDescription(
            name: "clients", values: "follow, pinned", usual: "follow",
            about: "whether clients look for another node when theirs fails; with one node they cannot"),
        SettingDescription(
            name: "server", values: "a path or a program's name", usual: "HOLDFAST_REDIS_SERVER, or redis-server",
            about: "the server binary, of Redis or Valkey"),
        SettingDescription(
            name: "streams", values: "one, a number, agent", usual: "one",
            about: "how agents share streams: all in one, spread over so many, or each in its own"),
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

    let acknowledgements: [(form: String, promise: String)] = [
        (
            "reply",
            "one process has applied it in memory; with `appendonly: yes` it is also written to the kernel "
                + "(`appendfsync: no`), and to the disk within about a second (`everysec`) or before the reply "
                + "(`always`)"
        ),
        (
            "waitaof 1 0 [MS]",
            "the server says that it is fsynced (Redis 7.2 and later, Valkey; 8000 ms unless said otherwise, "
                + "then unknown); some servers have said so before the fsync was over"
        ),
    ]

    func configure(_ text: ConfigurationText) throws(Diagnostic) -> any ConfiguredSystem {
        ConfiguredRedisStandalone(settings: try RedisSettingsReader().read(text))
    }
}

struct ConfiguredRedisStandalone: ConfiguredSystem {
    let settings: RedisSettings

    var retries: Retries { settings.retries }
    var filesystem: Filesystem { settings.filesystem }
    var promise: String { settings.localPromise }

    func server() throws(SystemError) -> ServerVersion {
        try RedisBinary.find(settings.server).version
    }

    func makeSystem(_ trial: TrialSetting) -> any System {
        RedisStandaloneSystem(settings, trial)
    }
}
