import Documents
import Labs
import Workload

/// A hot tier that answers fast, a cold one that keeps, and bridges that carry from one to the other; as suites name it.
struct HybridKind: SystemKind {
    let name = "hybrid"
    let about = "a hot tier on Redis, a cold one on Kafka, and a bridge between them"

    /// Groups read the hot tier, and all that can be one are alike in what their groups can be told.
    var groupForm: GroupForm? {
        var form = RedisForm.groups
        form.taken = (BridgeSettings.groupName, "the bridges themselves")
        return form
    }
    let ownFields = ["hot", "cold", "bridge"]

    let acknowledgements: [(form: String, promise: String)] = [
        (
            "as in the hot tier",
            "what the hot tier promises, and nothing of Kafka: an event is in the cold log once a bridge has carried it"
        )
    ]

    let settings = [
        SettingDescription(
            name: "hot", values: "{system, settings, ack, retries}", usual: "required",
            about: "a configuration of any Redis system; producers write there, groups read there"),
        SettingDescription(
            name: "cold", values: "{settings, retries}", usual: "Kafka as it is usual, retries: idempotent",
            about: "a configuration of Kafka; settings and retries are those of the bridges' clients"),
        SettingDescription(
            name: "bridge.count", values: "1 to 100", usual: "1", about: "bridge processes at the start"),
        SettingDescription(
            name: "bridge.ack", values: "after-kafka, before-kafka", usual: "after-kafka",
            about: "when a bridge tells the hot tier that it is done with what it read"),
        SettingDescription(
            name: "bridge.streams", values: "owned, shared", usual: "owned",
            about: "whether each hot stream is one bridge's at a time, or whoever asks gets what comes next"),
        SettingDescription(
            name: "bridge.batch", values: "1 to 100000", usual: "500", about: "events that a bridge takes at a time"),
        SettingDescription(
            name: "bridge.claim", values: "a time", usual: "2s",
            about: "a bridge of which nothing is heard for so long is taken for dead; another takes over what it held"),
        SettingDescription(
            name: "bridge.transactions", values: "true, false", usual: "false",
            about: "each batch of a stream is a transaction of Kafka's, committed before the hot tier is told; with "
                + "owned streams whoever takes one over fences the bridge that had it"),
        SettingDescription(
            name: "bridge.kinds", values: "a list of kinds", usual: "all but memory-read", about: "what is forwarded"),
        SettingDescription(
            name: "bridge.command", values: "[PROGRAM, WORD, …]", usual: "Holdfast's own bridge",
            about: "somebody else's bridge, audited from outside; it is told batch, claim and kinds; ack, streams "
                + "and transactions are its own business"),
    ]

    func configure(_ text: ConfigurationText) throws(Diagnostic) -> any ConfiguredSystem {
        try HybridReader.read(text)
    }
}
