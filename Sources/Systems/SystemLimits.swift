/// Every bound and every time that a system waits, in one place.
enum SystemLimits {
    /// Streams of one configuration.
    static let streams = 10_000
    /// From a server's start until it answers; loading a large log takes a while.
    static let startSeconds = 60.0
    /// A command of the control plane. Long ones (`DEBUG SLEEP`) are part of faults.
    static let commandSeconds = 30.0
    /// A question whose answer says whether a server is there: a stopped one must not stall the trial.
    static let probeSeconds = 0.25
    /// Replicas of one primary.
    static let replicas = 15
    /// Sentinels of one primary.
    static let sentinels = 9
    /// Brokers of one Kafka.
    static let brokers = 9
    /// Controllers of one Kafka.
    static let controllers = 5
    /// Formatting the data directory of one node.
    static let formatSeconds: Int64 = 60
    /// Making a class-data archive, or waiting until another run has made it.
    static let archiveNanoseconds: Int64 = 120_000_000_000
    /// What a broker's disk must have left beside the events of one more trial.
    static let kafkaSpareBytes: Int64 = 128 << 20
    /// Partitions of the topic of events.
    static let partitions = 1_000
    /// From the first word between the nodes of a cluster until all know all.
    static let meetSeconds = 30.0
    /// Slots of a cluster that are on their way at the same time.
    static let slotsAtOnce = 64
    /// One command that moves the keys of a slot.
    static let migrateSeconds = 10.0
    /// From the first slot that moves until every node knows of the last.
    static let reshardSeconds = 120.0
    /// Until what a trial made in a cluster that goes on is removed: a fail-over may be under way.
    static let removalNanoseconds: Int64 = 30_000_000_000
    /// From the start of the last replica until all are in sync: the first copy of an empty data set.
    static let syncSeconds = 60.0
    /// From `REPLICAOF NO ONE` until the new primary takes a write.
    static let promotionSeconds = 10.0
    /// How long a connection between two nodes may take before the other counts as out of reach.
    static let reach: Duration = .milliseconds(300)
    /// A replica is as good as in sync if it has what the primary had that long ago.
    static let closeNanoseconds: Int64 = 1_000_000_000
    /// How often at most the nodes are asked whether all is in sync.
    static let convergenceNanoseconds: Int64 = 20_000_000
    /// How long a look for circumstances may take from the thread that runs the trial.
    static let observeSeconds = 0.02
    /// One page of a replay.
    static let pageSeconds = 30.0
    /// Entries of one page of a replay.
    static let pageEntries = 1_000
    /// Streams that a replay reads at the same time.
    static let pagesAtOnce = 8
    /// Bytes of a log that an error repeats, from its end.
    static let logTailBytes = 2_000
    /// The configuration of a sentinel, as it has rewritten it.
    static let configurationBytes = 1 << 20
    /// What a sentinel writes in a trial: some lines for each fail-over.
    static let sentinelLogBytes = 1 << 20
    /// The list of the files that make an append-only file.
    static let manifestBytes = 1 << 20
    /// Repairing an append-only file.
    static let repairSeconds = 120.0
    /// One answer of a Kafka broker to the control plane.
    static let kafkaAnswerBytes = 64 << 20
    /// Heaps of one process; several share the machine.
    static let brokerMegabytes = 256
    static let controllerMegabytes = 128
    /// What formatting a data directory writes of features.
    static let checkpointBytes = 1 << 20
    /// Entries by which a controller may be behind the one that leads: a few seconds of an idle cluster's own.
    static let quorumLag: Int64 = 10
    /// A first write to a new partition, which waits for its followers.
    static let proofSeconds = 1.5
    /// A question to several brokers at once, on which the trial's thread waits: longer than one of them is busy.
    static let kafkaLookSeconds = 0.5
    /// How far groups are is asked no more often than this, of all of them at once.
    static let backlogNanoseconds: Int64 = 50_000_000
    /// Offsets behind a group that may all be markers: some of each producer's last transactions.
    static let kafkaTail = 10_000
    /// Questions without an answer, until a connection counts as dead.
    static let kafkaOutstanding = 20
    /// Writes to a cluster that was just started: so many rounds, unless time is up before.
    static let warmingSeconds = 2.5
    static let warmingRounds = 25
    /// Connections to each broker for either kind of write, and how many requests each has under way.
    static let warmingLanes = 4
    static let warmingDepth = 10
}
