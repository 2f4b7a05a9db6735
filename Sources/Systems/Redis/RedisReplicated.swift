import Access
import Documents
import Labs
import Workload

/// A primary with replicas that nobody watches: an operator promotes.
struct RedisReplicated: SystemKind {
    let name = RedisForm.replicated.name
    let about = "a primary with replicas; an operator promotes"

    let settings = RedisForm.replicated.settings

    let acknowledgements: [(form: String, promise: String)] = [
        (
            "reply",
            "the primary has applied it, as on a single server; replicas are sent it afterwards, and what they have "
                + "not got when the primary is gone is gone with it. `min-replicas-to-write` bounds for how long that "
                + "goes on unnoticed, not how many events"
        ),
        (
            "wait N [MS]",
            "N replicas have it in memory, too (1000 ms unless said otherwise, then unknown); it survives if one of "
                + "them is promoted, and with N below the number of replicas the one that is may be another"
        ),
        RedisForm.fsynced,
    ]

    var groupForm: GroupForm? { RedisForm.groups }

    func configure(_ text: ConfigurationText) throws(Diagnostic) -> any ConfiguredSystem {
        ConfiguredRedisReplicated(settings: try RedisSettingsReader(form: .replicated).read(text))
    }
}

struct ConfiguredRedisReplicated: ConfiguredRedis {
    let settings: RedisSettings

    var promise: String { settings.replicatedPromise }

    var isPromotedByOperator: Bool { true }

    func makeSystem(_ trial: TrialSetting, at access: Access) -> (any System)? {
        ExternalRedisSystem(.replicated, settings, trial, at: access)
    }

    func examine(_ access: Access, for groups: [GroupSettings]) throws(SystemError) -> ServerVersion {
        try ExternalRedis.examine(settings, .replicated, groups: groups, at: access)
    }

    func makeSystem(_ trial: TrialSetting) -> any System {
        RedisReplicatedSystem(settings, trial)
    }
}
