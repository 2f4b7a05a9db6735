import Access
import Foundation

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
        private enum CodingKeys: String, CodingKey {
            case ca, certificate, key
            case keyPassword = "key_password"
            case checksNames = "host_names"
        }

        var ca: String?
        var certificate: String?
        var key: String?
        var keyPassword: Kept?
        var checksNames: Bool

        init(_ tls: ClusterFile.TLS) {
            (ca, certificate, key) = (tls.authority, tls.certificate, tls.key)
            (keyPassword, checksNames) = (tls.keyPassword.map(Kept.init), tls.checksNames)
        }
    }

    private enum CodingKeys: String, CodingKey {
        case login, mechanism, tls
        case sentinelLogin = "sentinel_login"
    }

    private let login: Login?
    private let sentinelLogin: Login?
    private let mechanism: String?
    private let tls: TLS?

    init(_ cluster: ClusterFile) {
        (login, sentinelLogin) = (cluster.login.map(Login.init), cluster.sentinelLogin.map(Login.init))
        (mechanism, tls) = (cluster.mechanism?.rawValue, cluster.tls.map(TLS.init))
    }

    /// As one line of JSON.
    var json: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Of nothing but texts: it cannot fail.
        return (try? encoder.encode(self)).map(Array.init) ?? []
    }

    /// A server as its certificate knows it, where the cluster's file has it; else as it is.
    static func name(of address: String) -> String {
        guard let access = Access.current, let server = access.servers.first(where: { $0.text == address }) else {
            return address
        }
        return server.member.text
    }
}
