import Access
import Documents
import Labs
import Workload

/// A primary with replicas and the sentinels that watch them, as suites name it.
struct RedisSentinel: SystemKind {
    let name = RedisForm.sentinel.name
    let about = "a primary with replicas, watched by sentinels that promote"

    let settings = RedisForm.sentinel.settings

    let acknowledgements: [(form: String, promise: String)] = [
        (
            "reply",
            "the primary that the client has at that moment has applied it; replicas are sent it afterwards. A primary "
                + "that was cut off does not know that another was promoted, and goes on acknowledging what is thrown "
                + "away when it is demoted, some ten seconds after the cut is gone; `min-replicas-to-write` bounds that"
        ),
        (
            "wait N [MS]",
            "N replicas have it in memory, too (1000 ms unless said otherwise, then unknown); sentinels prefer the "
                + "replica that has most, and with N below the number of replicas the one that they reach may be another"
        ),
        RedisForm.fsynced,
    ]

    var groupForm: GroupForm? { RedisForm.groups }

    func configure(_ text: ConfigurationText) throws(Diagnostic) -> any ConfiguredSystem {
        ConfiguredRedisSentinel(settings: try RedisSettingsReader(form: .sentinel).read(text))
    }
}

struct ConfiguredRedisSentinel: ConfiguredRedis {
    let settings: RedisSettings

    var promise: String { settings.replicatedPromise }

    func makeSystem(_ trial: TrialSetting, at access: Access) -> (any System)? {
        ExternalRedisSystem(.sentinel, settings, trial, at: access)
    }

    func examine(_ access: Access, for groups: [GroupSettings]) throws(SystemError) -> ServerVersion {
        try ExternalRedis.examine(settings, .sentinel, groups: groups, at: access)
    }

    func makeSystem(_ trial: TrialSetting) -> any System { RedisSentinelSystem(settings, trial) }
}
