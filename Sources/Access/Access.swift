import Glibc
import Platform
import Synchronization

/// The cluster that this process was let at, by its owner or by a lab whose servers let nobody in without a word, with
/// everything that it takes to be let in: addresses are looked up, secrets read. One of a process; while there is none,
/// load goes to labs of this machine alone.
public final class Access: Sendable {
    /// A server as it is reached.
    public struct Server: Sendable {
        public let member: ClusterFile.Member
        /// Numeric; the first of those that its name has.
        public var address: String { addresses[0] }
        public let addresses: [String]
        public var port: UInt16 { member.port }
        /// As orders name it.
        public var text: String { address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)" }
    }

    /// What workers are told, in their orders: no secret.
    public struct Orders: Codable, Sendable {
        /// The cluster's file.
        public var file: String
        /// Numeric addresses, by the names of its servers.
        public var addresses: [String: [String]]
        /// Variables of the environment that secrets are kept in.
        public var variables: [String]
    }

    public let cluster: ClusterFile
    public let servers: [Server]
    let context: TLSContext?
    private let password: String?
    private let sentinelPassword: String?

    private static let held = Mutex<Access?>(nil)

    /// Of this process.
    public static var current: Access? { held.withLock { $0 } }

    /// - Parameter addresses: of its servers, by their names; nil: they are looked up.
    public init(_ cluster: ClusterFile, addresses: [String: [String]]? = nil) throws(AccessError) {
        self.cluster = cluster
        var servers: [Server] = []
        for member in cluster.members {
            let known = addresses?[member.name]
            let found = if let known { known } else { try Self.lookUp(member, cluster) }
            servers.append(Server(member: member, addresses: found))
        }
        self.servers = servers
        let path = cluster.path
        let field = cluster.mechanism == nil ? "auth.password" : "sasl.password"
        password = try cluster.login.map { login throws(AccessError) in try login.password.read(field, of: path) }
        sentinelPassword = try cluster.sentinelLogin.map { login throws(AccessError) in
            try login.password.read("sentinel-auth.password", of: path)
        }
        context = try cluster.tls.map { tls throws(AccessError) in try TLSContext(tls, of: path) }
    }

    /// From a worker's orders.
    public convenience init(_ orders: Orders) throws(AccessError) {
        let cluster: ClusterFile
        // Whoever gave the orders has checked the verbs.
        do { cluster = try ClusterFile.load(orders.file, verbs: nil) } catch { throw AccessError("\(error)") }
        try self.init(cluster, addresses: orders.addresses)
    }

    /// Lets this process at the cluster, from now on.
    public func take() { Self.held.withLock { $0 = self } }

    /// From now on this process is at nobody's cluster.
    public static func drop() { held.withLock { $0 = nil } }

    /// Takes what a worker's orders allow.
    public static func take(_ orders: Orders?) throws(AccessError) {
        if let orders { try Access(orders).take() }
    }

    public var orders: Orders {
        Orders(
            file: cluster.path,
            addresses: Dictionary(uniqueKeysWithValues: servers.map { ($0.member.name, $0.addresses) }),
            variables: cluster.variables)
    }

    public func server(at address: String, port: UInt16) -> Server? {
        servers.first { $0.addresses.contains(address) && $0.port == port }
    }

    /// A server that the cluster's file may not name and that a lab has made, so that it is known to belong to it.
    public func server(ofLab address: String, port: UInt16) -> Server {
        let member = ClusterFile.Member(name: address, called: address, host: address, port: port)
        return server(at: address, port: port) ?? Server(member: member, addresses: [address])
    }

    public func server(named name: String) -> Server? { servers.first { $0.member.name == name } }

    /// The server that somebody else calls so, by its name or an address of it.
    public func server(called host: String, port: UInt16) -> Server? {
        servers.first { server in
            server.port == port
                && (server.member.host.lowercased() == host.lowercased() || server.addresses.contains(host))
        }
    }

    // MARK: As whom

    /// What is said first on a connection to a server; nil: nothing.
    func greeting(for server: Server) -> (any Greeting)? {
        let isSentinel = cluster.sentinels.contains(server.member)
        let login = isSentinel ? cluster.sentinelLogin : cluster.login
        if cluster.system == "kafka" {
            guard let mechanism = cluster.mechanism else { return nil }
            return KafkaGreeting(mechanism: mechanism, user: login?.user ?? "", password: password ?? "")
        }
        if isSentinel { return RedisGreeting(user: login?.user, password: sentinelPassword, field: "sentinel-auth") }
        return RedisGreeting(user: login?.user, password: password)
    }

    /// Properties of librdkafka that let it in. They hold a secret: for the library alone.
    public var kafkaProperties: [String: String] {
        var properties: [String: String] = [:]
        let (isSecure, hasLogin) = (cluster.tls != nil, cluster.mechanism != nil)
        properties["security.protocol"] =
            hasLogin ? (isSecure ? "sasl_ssl" : "sasl_plaintext") : (isSecure ? "ssl" : "plaintext")
        if let mechanism = cluster.mechanism {
            properties["sasl.mechanism"] = mechanism.rawValue
            properties["sasl.username"] = cluster.login?.user ?? ""
            properties["sasl.password"] = password ?? ""
        }
        if let tls = cluster.tls {
            properties["ssl.endpoint.identification.algorithm"] = tls.checksNames ? "https" : "none"
            if let authority = tls.authority { properties["ssl.ca.location"] = authority }
            if let certificate = tls.certificate { properties["ssl.certificate.location"] = certificate }
            if let key = tls.key { properties["ssl.key.location"] = key }
            if let password = context?.keyPassword { properties["ssl.key.password"] = password }
        }
        return properties
    }

    /// A text without any of the secrets: for what other programs say.
    public func redacted(_ text: String) -> String {
        var text = text
        for secret in [password, sentinelPassword, context?.keyPassword].compactMap({ $0 }) {
            text = text.replacing(secret, with: "…")
        }
        return text
    }

    // MARK: Where

    /// The addresses of a name, those of IPv4 first.
    private static func lookUp(_ member: ClusterFile.Member, _ cluster: ClusterFile) throws(AccessError) -> [String] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        let result = getaddrinfo(member.host, nil, &hints, &found)
        defer { if let found { freeaddrinfo(found) } }
        var addresses: [(family: Int32, text: String)] = []
        var next = found
        while result == 0, let entry = next {
            var buffer = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            let status = getnameinfo(
                entry.pointee.ai_addr, entry.pointee.ai_addrlen, &buffer, socklen_t(buffer.count), nil, 0,
                NI_NUMERICHOST)
            if status == 0 {
                let text = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
                addresses.append((entry.pointee.ai_family, text))
            }
            next = entry.pointee.ai_next
        }
        let all = addresses.filter { $0.family == AF_INET } + addresses.filter { $0.family != AF_INET }
        guard !all.isEmpty else {
            let why = result == 0 ? "it has no address" : String(cString: gai_strerror(result))
            throw AccessError("\(cluster.path): \(member.host) cannot be looked up: \(why); name it by its address")
        }
        return all.map(\.text)
    }
}
