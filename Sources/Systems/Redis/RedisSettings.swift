import Documents
import Labs
import Workload

/// What a suite's configuration asks of a Redis system, checked.
struct RedisSettings: Sendable {
    enum Streams: Equatable, Sendable {
        /// All events in one stream.
        case one
        /// Agents spread over so many.
        case number(Int)
        /// One for each agent.
        case agent
    }

    enum Clients: String, CaseIterable, Sendable {
        case follow, pinned
    }

    /// How long a stream may become, with every entry that is added.
    struct MaxLength: Equatable, Sendable {
        var entries: Int
        /// Only whole nodes of the stream are cut: up to a node more than asked may stay.
        var isApproximate: Bool
        /// Only what every group has acknowledged is cut, and the stream grows beyond its length meanwhile.
        var isOfAcked: Bool

        /// `100000`, `~100000`, `100000 acked`; nil for anything else.
        init?(_ text: String) {
            let words = text.split(separator: " ", omittingEmptySubsequences: false)
            guard words.count == 1 || words.dropFirst() == ["acked"] else { return nil }
            isOfAcked = words.count > 1
            isApproximate = text.hasPrefix("~")
            guard let number = UInt32(isApproximate ? words[0].dropFirst() : words[0]), number > 0 else { return nil }
            entries = Int(number)
        }

        var text: String { (isApproximate ? "~" : "") + String(entries) + (isOfAcked ? " acked" : "") }
    }

    /// Who gives entries their IDs.
    enum IDs: String, CaseIterable, Sendable {
        /// The server, by its clock.
        case server
        /// The client, by the event's number: an entry that is there already is refused.
        case event
    }

    /// A line of redis.conf.
    struct Directive: Equatable, Sendable {
        var name: String
        /// As it stands in redis.conf after the name: several words, quotes and all. Empty: the empty text `""`.
        var value: String

        var text: String { "\(name) \(value.isEmpty ? "\"\"" : value)" }
    }

    var filesystem = Filesystem.ext4
    var admission = Admission.open
    var clients = Clients.follow
    /// A server binary other than the machine's own: a path, or a name to be looked for in PATH.
    var server: String?
    var streams = Streams.one
    var maxlen: MaxLength?
    var ids = IDs.server
    /// In the order of the suite; a directive given as a list stands once for each of its items.
    var directives: [Directive] = []
    /// Beside the primary; beside each, where there are shards.
    var replicas = 0
    /// Of a cluster; 0: it is none.
    var shards = 0
    /// For replicas only, in place of those of the same name.
    var replicaDirectives: [Directive] = []
    /// Those who watch them, where somebody does.
    var sentinel = SentinelSettings()
    var ack = "reply"
    var retries = Retries.none

    /// What workers are told.
    var client: [String: String] {
        var told = ["clients": clients.rawValue]
        if let maxlen { told["maxlen"] = maxlen.text }
        if ids != .server { told["ids"] = ids.rawValue }
        return told
    }

    /// The last value that the suite gives a directive, in lower case; nil if it leaves it alone.
    func given(_ name: String) -> String? {
        directives.last { $0.name == name }?.value.lowercased()
    }

    /// Replicas without which a primary takes no events.
    var leastReplicas: Int {
        (given("min-replicas-to-write") ?? given("min-slaves-to-write")).flatMap { Int($0) } ?? 0
    }

    /// The directives of one of the servers.
    func directives(forReplica isReplica: Bool) -> [Directive] {
        guard isReplica else { return directives }
        return directives.filter { own in !replicaDirectives.contains { $0.name == own.name } } + replicaDirectives
    }
}

/// Reads the settings of a configuration of a Redis system; every refusal names the field and what would be right.
struct RedisSettingsReader {
    let form: RedisForm

    private var ownNames: [String] { form.ownNames }

    func read(_ text: ConfigurationText) throws(Diagnostic) -> RedisSettings {
        var settings = RedisSettings()
        settings.replicas = form.usualReplicas
        if form == .cluster { settings.shards = ClusterSettings.leastShards }
        if let mapping = text.settings, !mapping.isNothing {
            for (key, value) in try mapping.mapping() {
                guard case .scalar(let name, _) = key.content else {
                    throw key.diagnostic("a setting's name is one word", remedy: "such as `appendonly: yes`")
                }
                try readSetting(name, key: key, value: value, lab: text.lab, into: &settings)
            }
        }
        if form.hasReplicas, let mapping = text.settings, !mapping.isNothing {
            try RedisReplicaRules(settings: settings, mapping: mapping).check()
        }
        if form == .cluster { try ClusterSettings.check(settings, text.settings ?? text.place) }
        try checkIDs(settings, text)
        try checkMaxLength(settings, text)
        if form == .sentinel { try settings.sentinel.check(text.settings ?? text.place) }
        if let ack = text.ack {
            settings.ack = try RedisAcknowledgementReader(form: form, settings: settings, lab: text.lab).read(ack)
        }
        if let retries = text.retries { settings.retries = try readRetries(retries) }
        if let transactions = text.transactions {
            throw transactions.diagnostic(
                "`transactions` are Kafka's: Redis Streams has none", remedy: "leave it out, or `system: kafka`")
        }
        return settings
    }

    private func readSetting(
        _ name: String, key: Value, value: Value, lab: any LabKind, into settings: inout RedisSettings
    ) throws(Diagnostic) {
        switch name {
        case "filesystem": settings.filesystem = try value.word(of: Filesystem.self)
        case Admission.setting: settings.admission = try Admission.read(value, in: lab)
        case "clients": settings.clients = try value.word(of: RedisSettings.Clients.self)
        case "server": settings.server = try value.name()
        case "streams": settings.streams = try readStreams(value)
        case "maxlen": settings.maxlen = try readMaxLength(value)
        case "ids": settings.ids = try value.word(of: RedisSettings.IDs.self)
        case "replicas" where form.hasReplicas:
            settings.replicas = try value.wholeNumber(in: 1...SystemLimits.replicas)
        case _ where form == .sentinel && SentinelSettings.names.contains(name):
            try settings.sentinel.read(name, value)
        case "shards" where form == .cluster:
            settings.shards = try value.wholeNumber(in: ClusterSettings.leastShards...ClusterSettings.mostNodes)
        case "replica" where form.hasReplicas: settings.replicaDirectives = try readReplicaDirectives(value)
        default: settings.directives += try readDirective(name, key: key, value: value)
        }
    }

    private func readReplicaDirectives(_ value: Value) throws(Diagnostic) -> [RedisSettings.Directive] {
        var lines: [RedisSettings.Directive] = []
        for (key, value) in try value.mapping() {
            guard case .scalar(let name, _) = key.content, !ownNames.contains(name) else {
                throw key.diagnostic(
                    "is no directive of redis.conf", remedy: "`replica` takes directives, such as `appendonly: yes`")
            }
            lines += try readDirective(name, key: key, value: value)
        }
        return lines
    }

    private func readStreams(_ value: Value) throws(Diagnostic) -> RedisSettings.Streams {
        guard case .scalar(let text, _) = value.content, text == "one" || text == "agent" else {
            guard case .scalar(let text, true) = value.content, let number = Int(text) else {
                throw value.diagnostic(
                    "is not a way to spread events over streams",
                    remedy: "`one` (all in one stream), a number of streams, or `agent` (one for each agent)")
            }
            guard (1...SystemLimits.streams).contains(number) else {
                throw value.diagnostic(
                    "\(number) streams are not possible", remedy: "1 to \(SystemLimits.streams), or `agent`")
            }
            return .number(number)
        }
        return text == "one" ? .one : .agent
    }

    private func readMaxLength(_ value: Value) throws(Diagnostic) -> RedisSettings.MaxLength {
        guard case .scalar(let text, _) = value.content, let length = RedisSettings.MaxLength(text) else {
            throw value.diagnostic(
                "is no length that a stream can be cut to",
                remedy: "a number of entries above 0, one behind `~` (`\"~100000\"`: whole nodes only), or one with "
                    + "`acked` (`100000 acked`: only what every group has acknowledged)")
        }
        guard !(length.isApproximate && length.isOfAcked) else {
            throw value.diagnostic(
                "`~` with `acked` cuts nothing (redis#14656)", remedy: "`\(length.entries) acked`")
        }
        return length
    }

    /// Entries can be told apart by events' numbers only where a stream has one writer that has one event under way.
    private func checkIDs(_ settings: RedisSettings, _ text: ConfigurationText) throws(Diagnostic) {
        guard settings.ids == .event, let value = text.setting("ids") else { return }
        guard settings.streams == .agent else {
            throw value.diagnostic(
                "`ids: event` numbers the entries of one agent, and streams are shared", remedy: "`streams: agent`")
        }
        guard text.inFlight == 1 else {
            throw value.diagnostic(
                "`ids: event` needs one event after the other, and each agent has \(text.inFlight) under way: behind a "
                    + "later one, an earlier one is refused for good",
                remedy: "`workload: {in-flight: 1}`")
        }
    }

    private func checkMaxLength(_ settings: RedisSettings, _ text: ConfigurationText) throws(Diagnostic) {
        guard settings.maxlen?.isOfAcked == true, let value = text.setting("maxlen") else { return }
        // A server that is not there is what the machine lacks, not what is wrong with the suite.
        guard let binary = try? RedisBinary.find(settings.server, in: text.lab), !binary.has(.ackedTrimming) else {
            return
        }
        throw value.diagnostic(
            "trimming by acknowledgements needs Redis 8.2, and \(binary.version.path) is \(binary.version.name) "
                + binary.version.version,
            remedy: "name another server by the setting `server`, or leave `acked` out")
    }

    private func readDirective(
        _ name: String, key: Value, value: Value
    ) throws(Diagnostic) -> [RedisSettings.Directive] {
        if let reason = form.foreign[name] {
            throw value.diagnostic("`\(name)` means nothing here: \(reason)", remedy: "leave it out")
        }
        if let reason = RedisDirectives.owned[name] {
            throw value.diagnostic("`\(name)` cannot be set by a suite: \(reason)", remedy: "leave it out")
        }
        try checkName(name, key: key)
        try checkRole(name, value)
        guard !value.isNothing else {
            throw value.diagnostic("`\(name)` has no value", remedy: "`\(name): \"\"` is the empty text")
        }
        if value.isSequence, RedisDirectives.forms[name] != nil, !RedisDirectives.severalLines.contains(name) {
            throw value.diagnostic("`\(name)` has one value", remedy: "write it without a list")
        }
        var lines: [RedisSettings.Directive] = []
        for item in try value.listOrOne() {
            guard case .scalar(let text, _) = item.content else {
                throw item.diagnostic(
                    "a directive's value is one line of redis.conf, or a list of lines",
                    remedy: "such as `\(name): WORDS`, or `\(name): [WORDS, WORDS]`")
            }
            guard !item.isNothing else {
                throw item.diagnostic("`\(name)` has no value", remedy: "`\(name): \"\"` is the empty text")
            }
            try check(text, of: name, item)
            lines.append(RedisSettings.Directive(name: name, value: text))
        }
        if lines.isEmpty {
            throw value.diagnostic("`\(name)` has an empty list", remedy: "at least one line, or leave it out")
        }
        return lines
    }

    /// The name's form, and whether it looks like a slip of one that is known.
    private func checkName(_ name: String, key: Value) throws(Diagnostic) {
        let letters = name.utf8.allSatisfy {
            (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D || $0 == 0x5F
        }
        guard !name.isEmpty, letters else {
            let lower = name.lowercased()
            let remedy = RedisDirectives.forms[lower] != nil ? "write `\(lower)`" : "such as `appendfsync`"
            throw key.diagnostic("\(shown(name)) is not a directive's name", remedy: remedy)
        }
        guard RedisDirectives.forms[name] == nil else { return }
        let known = ownNames + RedisDirectives.forms.keys.sorted()
        let slips = known.filter { abs($0.utf8.count - name.utf8.count) <= 2 && name.utf8.count > 4 }
        if let near = nearest(to: name, among: slips) {
            throw key.diagnostic(
                "`\(name)` is neither a setting of Holdfast nor a directive of redis.conf that it knows",
                remedy: "did you mean `\(near)`?")
        }
    }

    /// What would make a single server refuse every write, or be another system.
    private func checkRole(_ name: String, _ value: Value) throws(Diagnostic) {
        guard case .scalar(let text, _) = value.content else { return }
        if name == "cluster-enabled", text != "no" {
            throw value.diagnostic("a cluster is a system of its own", remedy: "`system: redis-cluster`")
        }
        if !form.hasReplicas, ["min-replicas-to-write", "min-slaves-to-write"].contains(name), text != "0" {
            throw value.diagnostic(
                "a server without replicas would refuse every write (NOREPLICAS)",
                remedy: "leave it out, or test `redis-replicated`")
        }
    }

    private func check(_ text: String, of name: String, _ value: Value) throws(Diagnostic) {
        if text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
            throw value.diagnostic("a directive is one line without control characters", remedy: "a list for several")
        }
        if RedisText.words(text) == nil {
            throw value.diagnostic("the quotes in \(shown(text)) do not balance", remedy: "close each of them")
        }
        if let form = RedisDirectives.forms[name] {
            if let remedy = Self.remedy(for: text, form) {
                throw value.diagnostic("\(shown(text)) is not a value of `\(name)`", remedy: remedy)
            }
        }
        if name == "save", let remedy = Self.remedy(forSave: text) {
            throw value.diagnostic("\(shown(text)) is not a list of save points", remedy: remedy)
        }
    }

    /// What would be right, if `text` is not of the form.
    private static func remedy(for text: String, _ form: RedisDirectives.Form) -> String? {
        let lower = text.lowercased()
        switch form {
        case .yesNo: return ["yes", "no"].contains(lower) ? nil : "yes or no"
        case .words(let words): return words.contains(lower) ? nil : words.joined(separator: ", ")
        case .memory:
            return RedisText.bytes(text) != nil ? nil : "bytes, with or without a unit: 1048576, 64mb, 1gb"
        case .number(let range):
            if let number = Int(text), range.contains(number) { return nil }
            return range.upperBound == .max
                ? "a whole number from \(range.lowerBound)"
                : "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .text: return nil
        }
    }

    private static func remedy(forSave text: String) -> String? {
        let words = text.split(separator: " ")
        if text == "\"\"" || (words.count % 2 == 0 && words.allSatisfy { Int($0) ?? 0 > 0 }) { return nil }
        return "pairs of seconds and changes, such as \"3600 1 300 100 60 10000\" (Redis's own), or \"\" for none"
    }

    private func readRetries(_ value: Value) throws(Diagnostic) -> Retries {
        let retries = try value.word(of: Retries.self)
        switch retries {
        case .none, .untilAcked: return retries
        case .client, .idempotent:
            throw value.diagnostic(
                retries == .client
                    ? "`retries: client` is Kafka's: a Redis client has no retries of its own"
                    : "`retries: idempotent` is Kafka's, and XADD with IDMP (Redis 8.6) is not built",
                remedy:
                    "`none`, or `until-acked`, with `settings: {streams: agent, ids: event}` for a server that refuses "
                    + "what it has already")
        }
    }
}
