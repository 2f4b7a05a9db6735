import Documents

/// How a cluster is cut into shards.
enum ClusterSettings {
    /// Fewer primaries than this cannot agree on a fail-over: more than half of them must, the lost one included.
    static let leastShards = 3
    /// Shards with all their replicas have an address each.
    static let mostNodes = 150

    static let descriptions = [
        SettingDescription(
            name: "shards", values: "3 or more", usual: "3",
            about:
                "primaries, each with as many of the 16384 slots; nodes redis-1, … are the primaries at the start, and "
                + "those behind them the replicas, shard after shard"),
        SettingDescription(
            name: "replicas", values: "a number from 1", usual: "1", about: "of each primary"),
        SettingDescription(
            name: "replica", values: "{DIRECTIVE: …}", usual: "none",
            about: "directives for those who are replicas at the start, in place of those of the same name"),
    ]

    static let directives = [
        SettingDescription(
            name: "cluster-node-timeout", values: "milliseconds", usual: "2000",
            about:
                "a directive of redis.conf that Holdfast sets itself unless a suite does: a node that is silent for so "
                + "long has failed, and one that sees no majority for so long takes no events; 15000 is the server's own "
                + "default"),
        SettingDescription(
            name: "cluster-require-full-coverage", values: "yes, no", usual: "yes: the server's own default",
            about:
                "with yes, all shards refuse events (CLUSTERDOWN) from when one has failed until another node has taken "
                + "its slots"),
    ]

    /// - Parameter place: the mapping under `settings`, to point into.
    static func check(_ settings: RedisSettings, _ place: Value) throws(Diagnostic) {
        let nodes = settings.shards * (1 + settings.replicas)
        guard nodes > mostNodes else { return }
        throw place.diagnostic(
            "\(settings.shards) shards with \(settings.replicas) replicas each are \(nodes) nodes",
            remedy: "at most \(mostNodes) in all")
    }
}
