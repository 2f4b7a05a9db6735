import Documents
import Labs
import Workload

/// Reads a configuration of the hybrid: those of its tiers by their own readers, and what a bridge is told.
enum HybridReader {
    static let bridges = 1...100
    private static let batches = 1...100_000
    /// Each stream's identity is a client of its own, with threads of its own.
    private static let transactionalStreams = 32
    /// A lease must outlive a turn of the process that holds it.
    private static let claims: ClosedRange<Duration> = .milliseconds(200)...(.seconds(3_600))

    static func read(_ text: ConfigurationText) throws(Diagnostic) -> ConfiguredHybrid {
        for (field, value) in [
            ("settings", text.settings), ("ack", text.ack), ("retries", text.retries),
            ("transactions", text.transactions),
        ] {
            guard let value else { continue }
            throw value.diagnostic(
                "`\(field)` is one tier's or the other's", remedy: "write it under `hot` or under `cold`")
        }
        guard let hot = text.own["hot"] else {
            var missing = text.place
            missing.path += ".hot"
            throw missing.diagnostic(
                "is missing, and a hybrid needs it", remedy: "add it, such as hot: {system: redis-replicated}")
        }
        let bridge =
            try text.own["bridge"].map { value throws(Diagnostic) in try readBridge(value) } ?? BridgeSettings()
        let hotTier = try readHot(hot, text)
        // Who owns which stream is kept beside the streams, in one place.
        if hotTier is ConfiguredRedisCluster, bridge.streams == .owned {
            throw hot.diagnostic(
                "a cluster's streams lie on several nodes, and bridges that own streams keep that in one place",
                remedy: "write bridge: {streams: shared}, or take another hot tier")
        }
        let cold = try readCold(text.own["cold"], text, isTransactional: bridge.transactions)
        if let value = text.own["bridge"], bridge.transactions { try check(bridge, value, hotTier, text.agents) }
        return ConfiguredHybrid(hot: hotTier, cold: cold, own: bridge)
    }

    private static func check(
        _ bridge: BridgeSettings, _ value: Value, _ hot: any ConfiguredSystem, _ agents: Int
    ) throws(Diagnostic) {
        guard bridge.ack == .afterKafka else {
            throw value.diagnostic(
                "a bridge that tells the hot tier before Kafka has nothing left to commit together with",
                remedy: "write ack: after-kafka, or leave transactions out")
        }
        guard bridge.streams == .owned, let redis = hot as? any ConfiguredRedis else { return }
        let streams =
            switch redis.settings.streams {
            case .one: 1
            case .number(let count): count
            case .agent: agents
            }
        guard streams <= transactionalStreams else {
            throw value.diagnostic(
                "\(streams) streams would need as many transactional clients in one bridge",
                remedy: "give the hot tier at most \(transactionalStreams) streams, or write streams: shared")
        }
    }

    private static func readHot(_ value: Value, _ text: ConfigurationText) throws(Diagnostic) -> any ConfiguredSystem {
        var fields = try Fields(value, of: "a hot tier")
        let system = try fields.required("system", such: "system: redis-replicated")
        let settings = try fields.optional("settings")
        let ack = try fields.optional("ack")
        let retries = try fields.optional("retries")
        try fields.finish()
        let kind = try Systems.named(system)
        // What idles with a dead bridge has to be taken over: that is what tells a hot tier from others.
        guard kind.groupForm?.keys.contains("claim") == true, !(kind is HybridKind) else {
            throw system.diagnostic(
                "`\(kind.name)` is no hot tier: its groups take over nothing that idles",
                remedy: "name a Redis system, such as redis-replicated")
        }
        let read = try kind.configure(
            ConfigurationText(
                name: text.name, settings: settings, ack: ack, retries: retries, place: value, agents: text.agents,
                inFlight: text.inFlight, lab: text.lab))
        if let redis = read as? any ConfiguredRedis {
            try redis.settings.admission.refuse(in: settings, or: value)
        }
        return read
    }

    private static func readCold(
        _ value: Value?, _ text: ConfigurationText, isTransactional: Bool
    ) throws(Diagnostic) -> ConfiguredKafka {
        var fields: Fields? = try value.map { value throws(Diagnostic) in try Fields(value, of: "a cold tier") }
        let settings = try fields?.optional("settings")
        let retries = try fields?.optional("retries")
        try fields?.finish()
        var reader = KafkaSettingsReader(check: KafkaClientProperties.problem)
        reader.usualRetries = .idempotent
        var read = try reader.read(
            ConfigurationText(
                name: text.name, settings: settings, ack: nil, retries: retries, place: value ?? text.place,
                agents: text.agents, inFlight: text.inFlight, lab: text.lab))
        try read.admission.refuse(in: settings, or: value ?? text.place)
        if isTransactional {
            guard read.retries == .idempotent, read.acks == .all else {
                throw (value ?? text.place).diagnostic(
                    "transactions need an idempotent producer and every in-sync replica",
                    remedy: "leave `retries` out, and write acks: all, or leave bridge.transactions out")
            }
            // Whole batches: a bridge says itself when one ends.
            read.transactions = KafkaSettings.Transactions(events: batches.upperBound, abort: Share.percent(0))
        }
        return ConfiguredKafka(settings: read)
    }

    private static func readBridge(_ value: Value) throws(Diagnostic) -> BridgeSettings {
        var bridge = BridgeSettings()
        var fields = try Fields(value, of: "a bridge")
        if let value = try fields.optional("count") { bridge.count = try value.wholeNumber(in: bridges) }
        let (ack, streams) = (try fields.optional("ack"), try fields.optional("streams"))
        if let value = ack { bridge.ack = try value.word(of: BridgeSettings.Ack.self) }
        if let value = streams {
            bridge.streams = try value.word(of: BridgeSettings.Streams.self)
        }
        if let value = try fields.optional("batch") { bridge.batch = try value.wholeNumber(in: batches) }
        if let value = try fields.optional("claim") {
            bridge.claim = try value.duration(in: claims).wholeNanoseconds
        }
        if let value = try fields.optional("kinds") { bridge.kinds = try readKinds(value) }
        let transactions = try fields.optional("transactions")
        if let value = transactions { bridge.transactions = try value.truth() }
        if let value = try fields.optional("command") {
            bridge.guest = GuestSettings(command: try value.commandWords())
            for (field, own) in [("ack", ack), ("streams", streams), ("transactions", transactions)] {
                guard let own else { continue }
                throw own.diagnostic(
                    "`\(field)` is the command's own business: Holdfast sees what it did in the two logs alone",
                    remedy: "leave it out, or give it as a word of the command")
            }
            bridge.streams = .shared
        }
        try fields.finish()
        return bridge
    }

    private static func readKinds(_ value: Value) throws(Diagnostic) -> [EventKind] {
        var kinds: [EventKind] = []
        for item in try value.list() {
            let name = try item.word(of: EventKind.usual.map(\.name))
            guard let kind = EventKind(name: name), !kinds.contains(kind) else {
                throw item.diagnostic("`\(name)` is named twice", remedy: "name it once")
            }
            kinds.append(kind)
        }
        guard !kinds.isEmpty else {
            throw value.diagnostic("names no kind", remedy: "leave it out: all but memory-read are forwarded")
        }
        return kinds
    }
}
