import Access
import Labs

/// What servers and sentinels are told where they let nobody in but by TLS and a password.
struct RedisAdmission {
    typealias Directive = RedisSettings.Directive

    let authority: Authority
    let certificate: Authority.Certificate

    init(_ authority: Authority, _ node: any Node) throws(SystemError) {
        self.authority = authority
        certificate = try authority.vouch(for: node.name, at: node.address)
    }

    /// Where a file lies that has passwords in it.
    func path(of node: any Node) -> String { "\(authority.folder)/\(node.name).conf" }

    private func connections(_ port: UInt16) -> [Directive] {
        [
            Directive(name: "port", value: "0"), Directive(name: "tls-port", value: "\(port)"),
            Directive(name: "tls-cert-file", value: RedisConfigurationFile.quoted(certificate.certificate)),
            Directive(name: "tls-key-file", value: RedisConfigurationFile.quoted(certificate.key)),
            Directive(name: "tls-ca-cert-file", value: RedisConfigurationFile.quoted(authority.certificate)),
            Directive(name: "tls-replication", value: "yes"),
        ]
    }

    private func user(_ user: Authority.User, _ rights: String) -> Directive {
        Directive(name: "user", value: "\(user.name) on >\(user.password) \(rights)")
    }

    private static let nobody = Directive(name: "user", value: "default off")
    private static let everything = "~* &* +@all"

    /// Of a server.
    func lines(_ binary: RedisBinary, isOfCluster: Bool) -> [Directive] {
        var rights = Self.rights + (binary.has(.waitAOF) ? " +waitaof" : "")
        if isOfCluster { rights += " +cluster|nodes +cluster|info +asking" }
        var lines = connections(RedisConfigurationFile.port)
        if isOfCluster { lines.append(Directive(name: "tls-cluster", value: "yes")) }
        return lines + [
            Self.nobody, user(authority.admin, Self.everything),
            user(authority.auditor, "~holdfast:* resetchannels -@all \(rights)"),
            Directive(name: "masteruser", value: authority.admin.name),
            Directive(name: "masterauth", value: authority.admin.password),
        ]
    }

    /// What an audit by address needs (`docs/external.md`).
    private static let rights = """
        +ping +info +xadd +xrange +xrevrange +xlen +del +wait +config|get +xgroup +xreadgroup +xack +xpending +xclaim \
        +xautoclaim +xinfo +client|id +client|unblock +eval +multi +exec
        """

    /// Of a sentinel, before whom it watches is said.
    var sentinelLines: [Directive] {
        connections(SentinelServer.port) + [
            Self.nobody, user(authority.admin, Self.everything),
            user(
                authority.auditor,
                "resetchannels -@all +ping +info +sentinel|master +sentinel|replicas +sentinel|sentinels "
                    + "+sentinel|get-master-addr-by-name"),
            Directive(name: "sentinel", value: "sentinel-user \(authority.admin.name)"),
            Directive(name: "sentinel", value: "sentinel-pass \(authority.admin.password)"),
        ]
    }

    /// Of a sentinel, once that is said.
    func sentinelLines(watching primary: String) -> [Directive] {
        [
            Directive(name: "sentinel", value: "auth-user \(primary) \(authority.admin.name)"),
            Directive(name: "sentinel", value: "auth-pass \(primary) \(authority.admin.password)"),
        ]
    }
}
