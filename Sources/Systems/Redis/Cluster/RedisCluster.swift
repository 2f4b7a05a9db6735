import Access
import Documents
import Labs
import Workload

/// A Redis Cluster, as suites name it.
struct RedisCluster: SystemKind {
    let name = RedisForm.cluster.name
    let about = "shards with replicas; the cluster fails over by itself"

    let settings = RedisForm.cluster.settings

    let acknowledgements: [(form: String, promise: String)] = [
        (
            "reply",
            "the primary of the stream's shard has applied it; replicas are sent it afterwards. A primary that is cut off "
                + "from most others goes on acknowledging for cluster-node-timeout and a little, and what it acknowledged "
                + "then is thrown away if a replica took its place"
        ),
        (
            "wait N [MS]",
            "N replicas of the shard have it in memory, too (1000 ms unless said otherwise, then unknown); with N below "
                + "the number of replicas the one that takes over may be another"
        ),
        RedisForm.fsynced,
    ]

    var groupForm: GroupForm? { RedisForm.groups }

    func configure(_ text: ConfigurationText) throws(Diagnostic) -> any ConfiguredSystem {
        ConfiguredRedisCluster(settings: try RedisSettingsReader(form: .cluster).read(text))
    }
}

struct ConfiguredRedisCluster: ConfiguredRedis {
    let settings: RedisSettings

    var promise: String { settings.replicatedPromise }

    func makeSystem(_ trial: TrialSetting, at access: Access) -> (any System)? {
        ExternalClusterSystem(settings, trial, at: access)
    }

    func examine(_ access: Access, for groups: [GroupSettings]) throws(SystemError) -> ServerVersion {
        try ExternalRedis.examine(settings, .cluster, groups: groups, at: access)
    }

    func makeSystem(_ trial: TrialSetting) -> any System { RedisClusterSystem(settings, trial) }
}
