import COpenSSL
import Glibc
import Platform

/// Who vouches for a lab's own servers where they are started with TLS and passwords, and whom they let in. It lives as
/// long as its folder.
///
/// There are two users. `admin` may do everything: Holdfast comes as that, and the servers do among themselves. `holdfast`
/// is somebody who audits them by address, and has the rights that `docs/external.md` names, no more.
public final class Authority: Sendable {
    /// A user with a password.
    public struct User: Sendable {
        public let name: String
        public let password: String
    }

    /// What somebody shows who they are by, as files of PEM.
    public struct Certificate: Sendable {
        public let certificate: String
        public let key: String
        /// Both in one.
        public let pair: String
    }

    /// Where everything is kept, secrets as well.
    public let folder: String
    public let admin: User
    public let auditor: User
    /// Whom to believe.
    public var certificate: String { "\(folder)/ca.crt" }

    /// Certificates hold from so long before the present on, and for as long after it: a server whose clock a fault sets
    /// wrong must not find them too young.
    private static let seconds = 30 * 86400
    private static let passwordBytes = 18
    /// Bytes of a file of PEM, at the most.
    private static let longest = 1 << 16

    /// What `openssl ca` wants to be told by a file.
    private static func rules(_ folder: String) -> String {
        """
        [ca]
        default_ca = lab
        [lab]
        database = \(folder)/issued
        new_certs_dir = \(folder)
        rand_serial = yes
        unique_subject = no
        default_md = sha256
        policy = names
        copy_extensions = copy
        [names]
        commonName = supplied
        [authority]
        basicConstraints = critical,CA:TRUE
        [member]
        basicConstraints = CA:FALSE

        """
    }

    /// - Parameter folder: of nobody else's; it is made.
    public init(in folder: String) throws(AccessError) {
        self.folder = folder
        admin = User(name: "admin", password: try Self.password())
        auditor = User(name: "holdfast", password: try Self.password())
        do {
            try Files.makeFolders(folder)
            if chmod(folder, 0o700) != 0 { throw KernelFailure(errno, "closing \(folder) to others") }
            for user in [admin, auditor] {
                try Files.write(user.password + "\n", to: "\(folder)/\(user.name).password")
            }
            try Files.write(Self.rules(folder), to: "\(folder)/ca.cnf")
            try Files.write("", to: "\(folder)/issued")
        } catch {
            throw AccessError("there is no place for what a lab's clients are let in by: \(error)")
        }
        try make("ca", ["-subj", "/CN=authority"], signing: ["-selfsign", "-extensions", "authority"])
        _ = try issue("client", to: "DNS:client")
    }

    /// For a server that is reached by this name or address.
    public func issue(_ name: String, address: String) throws(AccessError) -> Certificate {
        try issue(name, to: "DNS:\(name),IP:\(address)")
    }

    private func issue(_ name: String, to subjects: String) throws(AccessError) -> Certificate {
        let made = Certificate(
            certificate: "\(folder)/\(name).crt", key: "\(folder)/\(name).key", pair: "\(folder)/\(name).pem")
        try make(
            name, ["-subj", "/CN=\(name)", "-addext", "subjectAltName=\(subjects)"],
            signing: ["-cert", certificate, "-extensions", "member"])
        do {
            try Files.write(try Self.text(of: made.key) + (try Self.text(of: made.certificate)), to: made.pair)
        } catch {
            throw AccessError("the certificate of \(name) cannot be kept: \(error)")
        }
        return made
    }

    /// A key and a certificate of it, by the authority's own.
    private func make(_ name: String, _ request: [String], signing: [String]) throws(AccessError) {
        let path = "\(folder)/\(name)"
        let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        let now = time(nil)
        do throws(ToolError) {
            try Tool.require(
                "openssl", ["req", "-new"] + key + request + ["-keyout", path + ".key", "-out", path + ".csr"])
            try Tool.require(
                "openssl",
                ["ca", "-batch", "-notext", "-config", "\(folder)/ca.cnf", "-keyfile", "\(folder)/ca.key"] + signing + [
                    "-startdate", Self.date(now - Self.seconds), "-enddate", Self.date(now + Self.seconds),
                    "-in", path + ".csr", "-out", path + ".crt",
                ])
        } catch {
            throw AccessError("no certificate can be made: \(error)")
        }
    }

    /// As X.509 writes it, in UTC.
    private static func date(_ time: time_t) -> String {
        var (time, parts) = (time, tm())
        gmtime_r(&time, &parts)
        var text = [CChar](repeating: 0, count: 20)
        strftime(&text, text.count, "%Y%m%d%H%M%SZ", &parts)
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func text(of path: String) throws(AccessError) -> String {
        guard let text = Files.read(path, limit: longest) else { throw AccessError("\(path) is not there") }
        return text
    }

    private static func password() throws(AccessError) -> String {
        var random = [UInt8](repeating: 0, count: passwordBytes)
        guard RAND_bytes(&random, Int32(random.count)) == 1 else {
            throw AccessError("this machine has no random numbers for passwords")
        }
        return random.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    /// A text without its passwords: for what is kept.
    public func redacted(_ text: String) -> String {
        [admin, auditor].reduce(text) { $0.replacing($1.password, with: "…") }
    }
}

extension Authority {
    /// One of the servers, as clients reach it.
    public struct Server: Sendable {
        public var name: String
        public var address: String
        public var port: UInt16

        public init(name: String, address: String, port: UInt16) {
            (self.name, self.address, self.port) = (name, address, port)
        }
    }

    /// Writes down where the servers are and how one comes in, and lets this process at them as `admin`. `cluster.yml`
    /// in its folder lets others at them as `holdfast`.
    ///
    /// - Parameters:
    ///   - system: as suites say it.
    ///   - primaryName: what the sentinels call the primary.
    @discardableResult
    public func admit(
        to nodes: [Server], sentinels: [Server] = [], primaryName: String = "", of system: String
    ) throws(AccessError) -> Access {
        func list(_ servers: [Server]) -> String {
            servers.map { "  - {address: \"\($0.address):\($0.port)\", called: \($0.name)}\n" }.joined()
        }
        for user in [admin, auditor] {
            let password = "password: {file: \(user.name).password}"
            var text = "cluster: lab\nsystem: \(system)\nnodes:\n\(list(nodes))"
            if !sentinels.isEmpty {
                text += "sentinels:\n\(list(sentinels))primary-name: \(primaryName)\n"
                text += "sentinel-auth: {user: \(user.name), \(password)}\n"
            }
            text +=
                system == "kafka"
                ? "sasl: {mechanism: PLAIN, user: \(user.name), \(password)}\n"
                : "auth: {user: \(user.name), \(password)}\n"
            text += "tls: {ca: ca.crt, certificate: client.crt, key: client.key}\n"
            do { try Files.write(text, to: file(for: user)) } catch { throw AccessError("\(error)") }
        }
        let cluster: ClusterFile
        do { cluster = try ClusterFile.load(file(for: admin), verbs: nil) } catch { throw AccessError("\(error)") }
        let access = try Access(cluster)
        access.take()
        return access
    }

    /// The cluster's file for one of its users.
    private func file(for user: User) -> String {
        user.name == auditor.name ? Self.auditorsFile(in: folder) : "\(folder)/\(user.name).yml"
    }

    /// Where the auditor's is, in an authority's folder.
    public static func auditorsFile(in folder: String) -> String { folder + "/cluster.yml" }
}
