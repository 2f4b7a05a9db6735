import Access

/// How a client under audit gets into a cluster that is not Holdfast's own. It is told where secrets are kept, and never
/// a secret itself.
struct GuestAccess: Encodable {
    /// Where a secret is kept: the first line of a file, or a variable of the client's own environment.
    struct Kept: Encodable {
        var file: String?
        var environment: String?

        init(_ secret: Secret) {
            switch secret {
            case .file(let path): file = path
            case .environment(let name): environment = name
            }
        }
    }

    struct Login: Encodable {
        var user: String?
        var password: Kept

        init(_ login: ClusterFile.Login) { (user, password) = (login.user, Kept(login.password)) }
    }

    struct TLS: Encodable {
        var ca: String?
        var certificate: String?
        var key: String?
        var keyPassword: Kept?
        /// Whether names are checked.
        var hostNames: Bool

        init(_ tls: ClusterFile.TLS) {
            (ca, certificate, key) = (tls.authority, tls.certificate, tls.key)
            (keyPassword, hostNames) = (tls.keyPassword.map(Kept.init), tls.checksNames)
        }
    }

    var login: Login?
    var sentinelLogin: Login?
    var mechanism: String?
    var tls: TLS?

    init(_ cluster: ClusterFile) {
        (login, sentinelLogin) = (cluster.login.map(Login.init), cluster.sentinelLogin.map(Login.init))
        (mechanism, tls) = (cluster.mechanism?.rawValue, cluster.tls.map(TLS.init))
    }
}
