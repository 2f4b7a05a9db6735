import Documents
import Foundation
import Labs
import Platform
import Testing
import Workload

@testable import Systems

/// Reads the text of a configuration's fields, as a suite would hold them.
private func configure(
    _ settings: String, ack: String? = nil, retries: String? = nil, system: String = "redis-standalone"
) throws -> RedisSettings {
    var text = "settings: \(settings)\n"
    if let ack { text += "ack: \(ack)\n" }
    if let retries { text += "retries: \(retries)\n" }
    let document = try YAML.read(text, file: "suite.yml")
    var fields = try Fields(document, of: "a configuration")
    let configuration = ConfigurationText(
        name: "c", settings: try fields.optional("settings"), ack: try fields.optional("ack"),
        retries: try fields.optional("retries"), place: document, agents: 200, inFlight: 1)
    if system == "redis-replicated" {
        return try #require(try RedisReplicated().configure(configuration) as? ConfiguredRedisReplicated).settings
    }
    if let kind = [RedisSentinel() as any SystemKind, RedisCluster()].first(where: { $0.name == system }) {
        return try #require(try kind.configure(configuration) as? any ConfiguredRedis).settings
    }
    let configured = try RedisStandalone().configure(configuration)
    return try #require(configured as? ConfiguredRedisStandalone).settings
}

private func refusal(
    _ settings: String, ack: String? = nil, retries: String? = nil, system: String = "redis-standalone"
) -> String {
    do {
        _ = try configure(settings, ack: ack, retries: retries, system: system)
        return "not refused"
    } catch {
        return "\(error)"
    }
}

/// Programs that say a version, and nothing else: enough for whoever asks what a server would have.
private final class SayingServers {
    private let folder = "\(NSTemporaryDirectory())holdfast-settings.\(UUID().uuidString.prefix(8))"

    init() throws { try Files.makeFolders(folder) }

    deinit { try? Files.removeTree(folder) }

    func one(_ says: String) throws -> String {
        let path = "\(folder)/\(UUID().uuidString.prefix(8))"
        try Files.write("#!/bin/sh\necho \(says)\n", to: path)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        return path
    }
}

struct RedisSettingsTests {
    @Test func holdfastsOwnSettingsAreReadAndTheRestAreDirectives() throws {
        let settings = try configure(
            "{filesystem: xfs, clients: pinned, server: valkey-server, streams: agent, appendonly: yes, hz: 50}",
            ack: "reply", retries: "until-acked")
        #expect(settings.filesystem == .xfs)
        #expect(settings.clients == .pinned)
        #expect(settings.server == "valkey-server")
        #expect(settings.streams == .agent)
        #expect(settings.retries == .untilAcked)
        #expect(
            settings.directives == [
                RedisSettings.Directive(name: "appendonly", value: "yes"),
                RedisSettings.Directive(name: "hz", value: "50"),
            ])
    }

    /// Redis 8.2 has what newer suites ask for; where a server has not, the suite is refused, and no trial finds out.
    @Test func whatAServerDoesNotHaveIsRefusedInWords() throws {
        let servers = try SayingServers()
        for (says, has) in [
            ("Redis server v=7.0.15 sha=0", false), ("Redis server v=8.0.2 sha=0", false),
            ("Redis server v=8.2.0 sha=0", true), ("Valkey server v=9.1.2 sha=0", false),
        ] {
            let server = try servers.one(says)
            let text = "{maxlen: 5 acked, server: \(server)}"
            if has {
                #expect(try configure(text).maxlen?.isOfAcked == true)
            } else {
                #expect(refusal(text).contains("trimming by acknowledgements needs Redis 8.2"), "\(says)")
            }
            var group = GroupSettings(name: "g")
            (group.claim, group.deletes) = (nil, true)
            let own = ConfiguredRedisStandalone(settings: try configure("{server: \(server)}"))
            #expect((own.objection(to: [group], in: LabKinds.usual) == nil) == has, "\(says)")
        }
        #expect(refusal("{maxlen: ~5 acked}").contains("`~` with `acked` cuts nothing"))
    }

    /// What goes from the middle of a stream could not be told from what was lost.
    @Test func groupsThatMayAcknowledgeOutOfOrderAreRefusedWhereThatLetsEntriesGo() throws {
        let plain = ConfiguredRedisStandalone(settings: try configure("{}"))
        let acked = ConfiguredRedisStandalone(
            settings: try configure("{maxlen: 5 acked, server: /nowhere/redis-server}"))
        var group = GroupSettings(name: "g")
        #expect(plain.objection(to: [group], in: LabKinds.usual) == nil)
        #expect(acked.objection(to: [group], in: LabKinds.usual)?.problem.contains("the group g may do so") == true)
        group.claim = nil
        #expect(acked.objection(to: [group], in: LabKinds.usual) == nil)
        #expect(acked.dropsAcknowledged(by: [group]) && !plain.dropsAcknowledged(by: [group]))
        group.deadLetterAfter = 3
        #expect(acked.objection(to: [group], in: LabKinds.usual) != nil)
        (group.deadLetterAfter, group.consumers) = (nil, 2)
        #expect(acked.objection(to: [group], in: LabKinds.usual) != nil)
    }

    @Test func entriesBearEventsNumbersOnlyWhereOneWriterHasOneUnderWay() throws {
        let settings = try configure("{streams: agent, ids: event}")
        #expect(settings.client["ids"] == "event")
        #expect(refusal("{ids: event}").contains("streams are shared; `streams: agent`"))
        #expect(refusal("{ids: mine}").contains("\"mine\""))
    }

    @Test func nothingGivenIsOneStreamOnExt4WithoutRetries() throws {
        let settings = try configure("{}")
        #expect(settings.filesystem == .ext4)
        #expect(settings.streams == .one)
        #expect(settings.ack == "reply")
        #expect(settings.retries == .none)
        #expect(settings.directives.isEmpty)
    }

    @Test func aLengthIsExactOrOfWholeNodesAndToldToWorkers() throws {
        #expect(try configure("{maxlen: 100000}").client == ["clients": "follow", "maxlen": "100000"])
        #expect(try configure("{maxlen: \"~5\"}").client["maxlen"] == "~5")
        #expect(try configure("{maxlen: 5}").directives.isEmpty)
        #expect(try configure("{}").client["maxlen"] == nil)
        #expect(ConfiguredRedisStandalone(settings: try configure("{maxlen: 5}")).retains)
        #expect(!ConfiguredRedisStandalone(settings: try configure("{}")).retains)
        #expect(try configure("{maxlen: 5 acked, server: /nowhere/redis-server}").client["maxlen"] == "5 acked")
        for text in ["0", "-1", "~", "\"~0\"", "many", "[5]", "1.5", "acked", "5 acknowledged", "5  acked"] {
            #expect(refusal("{maxlen: \(text)}").contains("is no length that a stream can be cut to"), "\(text)")
        }
    }

    @Test func serversOwnDefaultsForSnapshotsCanBeSaid() throws {
        let settings = try configure("{save: 3600 1 300 100 60 10000, appendonly: no}")
        #expect(settings.given("save") == "3600 1 300 100 60 10000")
        #expect(try configure("{save: \"\"}").given("save") == "")
        #expect(try configure("{save: [3600 1, 60 10000]}").directives.count == 2)
    }

    @Test func directivesThatHoldfastDoesNotKnowGoToTheServer() throws {
        let settings = try configure("{some-brand-new-directive: with words}")
        #expect(settings.directives == [.init(name: "some-brand-new-directive", value: "with words")])
    }

    @Test(arguments: [
        ("{filesystem: btrfs}", "suite.yml:1:24: settings.filesystem: \"btrfs\" is not known"),
        ("{clients: sticky}", "settings.clients: \"sticky\" is not known"),
        ("{streams: many}", "`one` (all in one stream), a number of streams, or `agent` (one for each agent)"),
        ("{streams: 0}", "0 streams are not possible; 1 to 10000, or `agent`"),
        ("{streams: \"4\"}", "settings.streams: is not a way to spread events over streams"),
        ("{replicas: 2}", "settings.replicas: `replicas` means nothing here: `redis-standalone` is one server"),
        ("{replica: {appendonly: yes}}", "settings.replica: `replica` means nothing here"),
        ("{sentinels: 3}", "has no sentinels"),
        ("{port: 6380}", "suite.yml:1:18: settings.port: `port` cannot be set by a suite: where the server listens"),
        ("{dir: /tmp}", "settings.dir: `dir` cannot be set by a suite: where the server keeps its files"),
        ("{logfile: x}", "keeps its log in the trial's directory; leave it out"),
        ("{daemonize: yes}", "starts the server in the foreground"),
        ("{requirepass: secret}", "`access: secured` asks for passwords"),
        ("{tls-port: 6380}", "`access: secured` has them so"),
        ("{io-threads: 1000}", "a whole number from 1 to 256"),
        ("{include: /etc/redis.conf}", "every directive stands in the suite"),
        ("{appendfsync: {a: b}}", "settings.appendfsync: a directive's value is one line of redis.conf"),
        ("{appendfsync: [always, no]}", "settings.appendfsync: `appendfsync` has one value"),
        ("{save: []}", "settings.save: `save` has an empty list"),
        ("{save: [[1]]}", "a directive's value is one line"),
        ("{save: }", "settings.save: `save` has no value; `save: \"\"` is the empty text"),
        ("{save: 60}", "\"60\" is not a list of save points"),
        ("{save: every minute}", "is not a list of save points; pairs of seconds and changes"),
        ("{appendfsync: sometimes}", "\"sometimes\" is not a value of `appendfsync`; always, everysec, no"),
        ("{appendonly: true}", "\"true\" is not a value of `appendonly`; yes or no"),
        ("{maxmemory: 12 mb}", "\"12 mb\" is not a value of `maxmemory`; bytes, with or without a unit"),
        ("{hz: 0}", "\"0\" is not a value of `hz`; a whole number from 1"),
        ("{min-replicas-to-write: 1}", "would refuse every write (NOREPLICAS)"),
        ("{cluster-enabled: yes}", "a cluster is a system of its own; `system: redis-cluster`"),
        ("{appendfsnyc: always}", "settings.appendfsnyc: `appendfsnyc` is neither a setting of Holdfast"),
        ("{appendfsnyc: always}", "did you mean `appendfsync`?"),
        ("{filesytem: xfs}", "did you mean `filesystem`?"),
        ("{AppendOnly: yes}", "\"AppendOnly\" is not a directive's name; write `appendonly`"),
        ("{\"a b\": yes}", "\"a b\" is not a directive's name"),
        ("{proc-title-template: \"a\\nport 1\"}", "one line without control characters"),
        ("{proc-title-template: 'a \"b'}", "do not balance"),
        ("appendonly", "settings: is \"appendonly\""),
        ("[appendonly]", "settings: is a list"),
    ])
    func refuses(_ settings: String, _ words: String) {
        let text = refusal(settings)
        #expect(text.hasPrefix("suite.yml:1:"))
        #expect(text.contains(words), "\(text)")
    }

    @Test(arguments: [
        ("wait 1", "`wait` counts replicas, and `redis-standalone` has none"),
        ("wait 1 1000", "`wait` counts replicas"),
        ("waitaof 1 1", "`waitaof` is to count 1 replicas, and `redis-standalone` has none"),
        ("waitaof 0 0", "waits for nothing that there is; `waitaof 1 0 8000`"),
        ("waitaof 1 0 0", "waits without end; `waitaof 1 0 8000`"),
        ("waitaof 1 0", "`waitaof` needs an append-only file; `settings: {appendonly: yes}`"),
        ("waitaof", "\"waitaof\" is not an acknowledgement"),
        ("replies", "\"replies\" is not an acknowledgement; `reply`"),
        ("reply 1", "\"reply 1\" is not an acknowledgement"),
        ("[reply]", "ack: is a list"),
    ])
    func refusesAcknowledgement(_ ack: String, _ words: String) {
        let text = refusal("{}", ack: ack)
        #expect(text.hasPrefix("suite.yml:2:"))
        #expect(text.contains(words), "\(text)")
    }

    @Test func waitAOFIsForServersThatHaveIt() throws {
        let servers = try SayingServers()
        let old = try servers.one("Redis server v=7.0.15 sha=0")
        let text = refusal("{appendonly: yes, server: \(old)}", ack: "waitaof 1 0")
        #expect(text.contains("`waitaof` needs Redis 7.2 or Valkey, and \(old) is Redis 7.0.15"), "\(text)")
        for says in ["Redis server v=7.2.0 sha=0", "Redis server v=8.2.3 sha=0", "Valkey server v=9.1.2 sha=0"] {
            let settings = try configure("{appendonly: yes, server: \(try servers.one(says))}", ack: "waitaof 1 0")
            #expect(settings.ack == "waitaof 1 0 8000")
        }
        let missing = try configure("{appendonly: yes, server: no-such-server}", ack: "WAITAOF 1 0 500")
        #expect(missing.ack == "waitaof 1 0 500")
    }

    @Test(arguments: [
        ("client", "`retries: client` is Kafka's"), ("idempotent", "`retries: idempotent` is Kafka's"),
        ("always", "\"always\" is not known"),
    ])
    func refusesRetries(_ retries: String, _ words: String) {
        #expect(refusal("{}", retries: retries).contains(words))
    }
}

struct RedisReplicatedSettingsTests {
    @Test func replicasAndTheirOwnDirectivesAreRead() throws {
        let settings = try configure(
            "{replicas: 3, appendonly: no, min-replicas-to-write: 1, replica: {appendonly: yes, hz: 50}}",
            ack: "WAIT 3", system: "redis-replicated")
        #expect(settings.replicas == 3 && settings.ack == "wait 3 1000")
        let names = settings.directives(forReplica: false).map { "\($0.name) \($0.value)" }
        #expect(names == ["appendonly no", "min-replicas-to-write 1"])
        let own = settings.directives(forReplica: true).map { "\($0.name) \($0.value)" }
        #expect(own == ["min-replicas-to-write 1", "appendonly yes", "hz 50"])
        #expect(try configure("{}", system: "redis-replicated").replicas == 2)
        let confirmed = try configure("{}", ack: "wait 1 250", system: "redis-replicated")
        #expect(confirmed.ack == "wait 1 250")
        let promise = ConfiguredRedisReplicated(settings: confirmed).promise
        #expect(promise == "in the memory of one process, and in the memory of 1 of 2 replicas")
    }

    @Test(arguments: [
        (
            "{min-replicas-to-write: 1, min-replicas-max-lag: 0}",
            "settings.min-replicas-max-lag: a max-lag of 0 switches the check off: min-replicas-to-write 1 would "
                + "bound nothing; at least 1 second, or leave min-replicas-to-write out"
        ),
        (
            "{min-slaves-to-write: 1, replica: {min-slaves-max-lag: 0}}",
            "settings.replica.min-slaves-max-lag: a max-lag of 0 switches the check off"
        ),
        (
            "{replicas: 1, min-replicas-to-write: 2}",
            "settings.min-replicas-to-write: 2 replicas are to have a write, and there are 1: every event would be refused"
        ),
        ("{replicas: 0}", "settings.replicas: \"0\" is out of range"),
        ("{replicas: 16}", "settings.replicas: \"16\" is out of range"),
        ("{replica: {clients: pinned}}", "is no directive of redis.conf"),
        ("{replica: {appendonly: perhaps}}", "\"perhaps\" is not a value of `appendonly`"),
        ("{replicaof: 127.0.0.1 1}", "`replicaof` means nothing here: who follows whom is this system's own affair"),
        ("{sentinels: 3}", "`sentinels` means nothing here: `redis-replicated` has no sentinels"),
    ])
    func refusesWhatCannotHold(_ settings: String, _ words: String) {
        let text = refusal(settings, system: "redis-replicated")
        #expect(text.contains(words), "\(text)")
    }

    @Test(arguments: [
        ("wait 3", "`wait` is to count 3 replicas, and there are 2: nothing would ever be acknowledged"),
        ("wait 0", "`wait 0` waits for nothing"),
        ("wait 1 0", "waits without end; a time in ms, such as `wait 1 1000`"),
        ("waitaof 1 3", "`waitaof` is to count 3 replicas, and there are 2"),
        ("waitaof 0 0", "waits for nothing that there is"),
        ("waitaof 1 1", "`waitaof` needs an append-only file"),
        ("quorum", "`reply` (the primary's own answer to XADD), `wait N [MS]`"),
    ])
    func refusesAcknowledgementsThatNeverCome(_ ack: String, _ words: String) {
        let text = refusal("{}", ack: ack, system: "redis-replicated")
        #expect(text.contains(words), "\(text)")
    }
}

/// What only those who watch can be told.
struct WatchedSettingsTests {
    @Test func sentinelsHaveSettingsOfTheirOwn() throws {
        let usual = try configure("{}", system: "redis-sentinel")
        #expect(usual.replicas == 2 && usual.sentinel == SentinelSettings() && usual.sentinel.agreeing == 2)
        // A sentinel asks once a second: with less than that and a good bit more it may find down what it never asked.
        #expect(usual.sentinel.downAfter > .milliseconds(1500))
        let settings = try configure(
            "{replicas: 1, sentinels: 5, quorum: 4, down-after-milliseconds: 500, failover-timeout: 2000, "
                + "parallel-syncs: 2, appendonly: yes}", system: "redis-sentinel")
        var expected = SentinelSettings(
            sentinels: 5, quorum: 4, downAfter: .milliseconds(500), failoverTimeout: .seconds(2), parallelSyncs: 2)
        #expect(usual.sentinel.claims.isEmpty && expected.claims.isEmpty)
        // What is named is claimed of sentinels that are somebody else's.
        expected.named = Set(SentinelSettings.names)
        #expect(settings.sentinel == expected)
        #expect(settings.sentinel.claims.map(\.value) == ["4", "500", "2000", "2"])
        #expect(settings.directives.map(\.name) == ["appendonly"])
        let text = SentinelConfiguration(settings: settings.sentinel, run: "r", primary: "198.18.0.11").text(
            number: 1, addresses: ["198.18.0.12", "198.18.0.13"], dataDirectory: "/d")
        #expect(text.contains("sentinel monitor holdfast 198.18.0.11 6379 4\n"))
        #expect(text.contains("sentinel down-after-milliseconds holdfast 500\n"))
        let other = SentinelConfiguration.identity(0, run: "r")
        #expect(other.count == 40 && text.contains("known-sentinel holdfast 198.18.0.12 26379 \(other)\n"))
        #expect(!text.contains("known-sentinel holdfast 198.18.0.13"))
    }

    @Test(arguments: [
        ("{quorum: 4}", "settings.quorum: 4 sentinels are to find the primary down, and there are 3"),
        ("{sentinels: 1, quorum: 2}", "at most 1, or more `sentinels`"),
        ("{sentinels: 0}", "settings.sentinels: \"0\" is out of range; write a whole number from 1 to 9"),
        ("{down-after-milliseconds: 1s}", "settings.down-after-milliseconds: \"1s\" is no whole number"),
        ("{parallel-syncs: 0}", "settings.parallel-syncs: \"0\" is out of range"),
        ("{shards: 3}", "settings.shards: `shards` means nothing here: `redis-sentinel` has one primary"),
        ("{replicaof: 1.2.3.4 6379}", "who follows whom is this system's own affair"),
        ("{quorom: 2}", "settings.quorom: `quorom` is neither a setting of Holdfast nor a directive"),
        ("{min-replicas-to-write: 3}", "3 replicas are to have a write, and there are 2"),
    ])
    func refusesWhatSentinelsCannotMeet(_ settings: String, _ words: String) {
        let text = refusal(settings, system: "redis-sentinel")
        #expect(text.contains(words), "\(text)")
    }

    @Test func clustersHaveShardsAndNamesThatFallEvenly() throws {
        let usual = try configure("{}", system: "redis-cluster")
        #expect(usual.shards == 3 && usual.replicas == 1)
        let settings = try configure("{shards: 4, replicas: 2, streams: 8}", system: "redis-cluster")
        #expect(settings.shards == 4 && settings.replicas == 2)
        let trial = TrialSetting(run: "r", agents: 5, logDirectory: "/l", expectedBytes: 1, ownFilesystems: false)
        let streams = RedisServers(.cluster, settings, trial).streams
        #expect(Set(streams).count == 8)
        for (number, stream) in streams.enumerated() {
            #expect(ClusterSlots.range(ofShard: number % 4, of: 4).contains(ClusterSlots.slot(of: stream)), "\(stream)")
        }
    }

    @Test(arguments: [
        ("{shards: 2}", "settings.shards: \"2\" is out of range; write a whole number from 3"),
        ("{shards: 60, replicas: 3}", "settings: 60 shards with 3 replicas each are 240 nodes; at most 150 in all"),
        ("{replicas: 0}", "settings.replicas: \"0\" is out of range"),
        ("{cluster-config-file: x}", "where nodes find each other is the lab's affair"),
        ("{cluster-enabled: no}", "in `redis-cluster` it is always yes"),
        ("{sentinels: 3}", "`redis-cluster` has no sentinels"),
        ("{cluster-node-timeout: soon}", "settings.cluster-node-timeout: \"soon\" is not a value"),
        ("{shard: 3}", "settings.shard: `shard` is neither a setting of Holdfast nor a directive"),
        ("{min-replicas-to-write: 2}", "2 replicas are to have a write, and there are 1"),
    ])
    func refusesWhatNoClusterIs(_ settings: String, _ words: String) {
        let text = refusal(settings, system: "redis-cluster")
        #expect(text.contains(words), "\(text)")
    }

    @Test func sentinelsMeanNothingWhereThereAreNone() {
        let text = refusal("{quorum: 2}", system: "redis-replicated")
        #expect(
            text.contains("settings.quorum: `quorum` means nothing here: `redis-replicated` has no sentinels"),
            "\(text)")
    }
}

struct SystemsTests {
    @Test func allSixNamesAreKnown() {
        #expect(
            Systems.all.map(\.name) == [
                "redis-standalone", "redis-replicated", "redis-sentinel", "redis-cluster", "kafka", "hybrid",
            ])
    }

    @Test(arguments: [("redis-standalon", "did you mean `redis-standalone`?"), ("mysql", "one of redis-standalone, ")])
    func refusesUnknownSystem(_ name: String, _ remedy: String) throws {
        let value = Value(.scalar(name, plain: true), file: "suite.yml", line: 3, column: 9, path: "system")
        let error = #expect(throws: Diagnostic.self) { try Systems.named(value) }
        #expect(error?.remedy.contains(remedy) == true)
    }
}

struct RedisTextTests {
    @Test func unitsAreThoseOfTheServer() {
        #expect(RedisText.bytes("64mb") == 64 << 20)
        #expect(RedisText.bytes("64M") == 64_000_000)
        #expect(RedisText.bytes("1k") == 1000)
        #expect(RedisText.bytes("1GB") == 1 << 30)
        #expect(RedisText.bytes("7") == 7)
        #expect(RedisText.bytes("mb") == nil)
        #expect(RedisText.bytes("9223372036854775807gb") == nil)
        #expect(RedisText.bytes("1 mb") == nil)
    }

    @Test func wordsAreSplitAsTheServerDoes() {
        #expect(RedisText.words(" a  \"b c\" 'd' \"\" ") == ["a", "b c", "d", ""])
        #expect(RedisText.words("\"a\\\"b\"") == ["a\"b"])
        #expect(RedisText.words("\"a") == nil)
        #expect(RedisText.words("\"a\"b") == nil)
    }

    @Test(arguments: [
        ("maxmemory", "64mb", "67108864"), ("appendfsync", "ALWAYS", "always"), ("save", "", ""), ("save", "\"\"", ""),
        (
            "client-output-buffer-limit", "replica 256mb 64mb 60",
            "normal 0 0 0 slave 268435456 67108864 60 pubsub 1 2 3"
        ),
        ("notify-keyspace-events", "KEA", "AKE"), ("oom-score-adj", "relative", "yes"),
        ("shutdown-on-sigterm", "force save", "save force"),
    ])
    func agrees(_ name: String, _ wanted: String, _ found: String) {
        #expect(RedisText.agrees(name, wanted: [wanted], found: found))
    }

    @Test(arguments: [
        ("maxmemory", "64mb", "64000000"), ("appendfsync", "always", "everysec"), ("save", "", "3600 1"),
        ("save", "1 3600", "3600 1"), ("appendonly", "yes", ""),
        ("client-output-buffer-limit", "replica 256mb 64mb 60", "normal 0 0 0 slave 268435456 67108864 61"),
    ])
    func differs(_ name: String, _ wanted: String, _ found: String) {
        #expect(!RedisText.agrees(name, wanted: [wanted], found: found))
    }

    @Test func severalSavePointsOnSeveralLinesAreOneList() {
        #expect(RedisText.agrees("save", wanted: ["3600 1", "300 100"], found: "3600 1 300 100"))
    }
}
