/// A cluster that is not Holdfast's own, as its owner names it: where it is, as whom it is reached, how much may be asked
/// of it, and how faults are done to it.
public struct ClusterFile: Sendable {
    /// One of its servers, as it is written.
    public struct Member: Hashable, Sendable {
        /// Holdfast's word for it: `redis-1`, `sentinel-1`, `broker-1`.
        public var name: String
        /// Its owner's, for commands.
        public var called: String
        public var host: String
        public var port: UInt16

        public var text: String { "\(host):\(port)" }
    }

    /// Who Holdfast is there.
    public struct Login: Hashable, Sendable {
        /// Nil: the server's own default user.
        public var user: String?
        public var password: Secret
    }

    public enum Mechanism: String, CaseIterable, Sendable {
        case plain = "PLAIN"
        case scram256 = "SCRAM-SHA-256"
        case scram512 = "SCRAM-SHA-512"
    }

    public struct TLS: Hashable, Sendable {
        /// Whom to believe, a file of certificates; nil: the machine's own list.
        public var authority: String?
        public var certificate: String?
        public var key: String?
        public var keyPassword: Secret?
        /// Whether a server's certificate must be made out to the name that it is reached by.
        public var checksNames = true
    }

    /// What a suite may ask at most, until the owner allows more.
    public struct Ceiling: Hashable, Sendable {
        /// Events a second.
        public var rate: Double = 1000
        public var duration: Duration = .seconds(60)
    }

    /// Absolute.
    public var path: String
    public var name: String
    /// As suites say it: `redis-sentinel`, `kafka`.
    public var system: String
    public var nodes: [Member]
    public var sentinels: [Member] = []
    /// What the sentinels call the primary.
    public var primaryName = ""
    public var login: Login?
    public var sentinelLogin: Login?
    public var mechanism: Mechanism?
    public var tls: TLS?
    public var ceiling = Ceiling()
    /// Settings that a suite names and the servers will not show: taken at their owner's word.
    public var unproven: Set<String> = []
    /// How verbs of faults are done there, by their names.
    public var verbs: [String: VerbCommands] = [:]

    public static let systems = ["redis-standalone", "redis-replicated", "redis-sentinel", "redis-cluster", "kafka"]

    public var members: [Member] { nodes + sentinels }

    /// The environment's names of secrets.
    public var variables: [String] {
        [login?.password, sentinelLogin?.password, tls?.keyPassword].compactMap { $0?.variable }
    }
}

/// How a verb is done to a node by its owner's commands: argument vectors, which no shell reads.
public struct VerbCommands: Hashable, Sendable {
    public var run: [String]
    /// Succeeds once the effect is there, and only then.
    public var proof: [String]
    /// Undoes it; empty: it undoes itself.
    public var heal: [String]
    /// How long effect and undoing may take.
    public var within: Duration
}
