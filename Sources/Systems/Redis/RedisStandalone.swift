import Access
import Documents
import Labs
import Workload

/// One Redis or Valkey server.
struct RedisStandalone: SystemKind {
    let name = "redis-standalone"
    let about = "one Redis or Valkey server, with its data on a filesystem of its own"

    let settings = RedisForm.standalone.settings

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

    var groupForm: GroupForm? { RedisForm.groups }

    func configure(_ text: ConfigurationText) throws(Diagnostic) -> any ConfiguredSystem {
        ConfiguredRedisStandalone(settings: try RedisSettingsReader(form: .standalone).read(text))
    }
}

struct ConfiguredRedisStandalone: ConfiguredRedis {
    let settings: RedisSettings

    var promise: String { settings.localPromise }

    func makeSystem(_ trial: TrialSetting, at access: Access) -> (any System)? {
        ExternalRedisSystem(.standalone, settings, trial, at: access)
    }

    func examine(_ access: Access, for groups: [GroupSettings]) throws(SystemError) -> ServerVersion {
        try ExternalRedis.examine(settings, .standalone, groups: groups, at: access)
    }

    func makeSystem(_ trial: TrialSetting) -> any System {
        RedisStandaloneSystem(settings, trial)
    }
}
