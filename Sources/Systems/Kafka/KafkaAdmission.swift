import Access
import Labs
import Platform

/// What brokers, controllers and tools are told where nobody is let in but by TLS and a password: clients and brokers by
/// one listener, controllers and who follows them by another, both with a certificate on either side.
struct KafkaAdmission {
    typealias Property = KafkaSettings.Property

    /// Of clients, and of brokers among themselves.
    static let listener = "SECURED"

    let authority: Authority
    private let certificate: Authority.Certificate

    init(_ authority: Authority, _ name: String, address: String) throws(SystemError) {
        self.authority = authority
        certificate = try authority.vouch(for: name, at: address)
    }

    /// Where a file lies that has passwords in it.
    func path(of name: String) -> String { "\(authority.folder)/\(name).properties" }

    /// Of a node.
    func properties(_ role: KafkaProperties.Role) -> [Property] {
        let (clients, controllers) = (Self.listener, KafkaProperties.controllerListener)
        var lines = [
            Property(name: "listener.security.protocol.map", value: "\(clients):SASL_SSL,\(controllers):SASL_SSL"),
            Property(name: "authorizer.class.name", value: Self.authorizer),
            Property(name: "super.users", value: "User:\(authority.admin.name)"),
            Property(name: "sasl.enabled.mechanisms", value: "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512"),
            Property(name: "sasl.mechanism.controller.protocol", value: "PLAIN"),
            Self.own(controllers, "sasl.enabled.mechanisms", "PLAIN"),
            Self.own(controllers, "plain.sasl.jaas.config", plain([authority.admin])),
            // Said of all listeners together it would hold for none of these: passwords are thought to be enough.
            Self.own(controllers, "ssl.client.auth", "required"),
        ]
        lines += stores(of: certificate.pair)
        guard role.isBroker else { return lines }
        return lines + [
            Property(name: "inter.broker.listener.name", value: clients),
            Property(name: "sasl.mechanism.inter.broker.protocol", value: "PLAIN"),
            Self.own(clients, "plain.sasl.jaas.config", plain([authority.admin, authority.auditor])),
            Self.own(clients, "scram-sha-256.sasl.jaas.config", Self.scram),
            Self.own(clients, "scram-sha-512.sasl.jaas.config", Self.scram),
            Self.own(clients, "ssl.client.auth", "required"),
        ]
    }

    private static let authorizer = "org.apache.kafka.metadata.authorizer.StandardAuthorizer"
    private static let scram = "org.apache.kafka.common.security.scram.ScramLoginModule required;"

    private static func own(_ listener: String, _ name: String, _ value: String) -> Property {
        Property(name: "listener.name.\(listener.lowercased()).\(name)", value: value)
    }

    /// Whoever has this comes as `admin`, and lets these in.
    private func plain(_ users: [Authority.User]) -> String {
        let admin = authority.admin
        let known = users.map { " user_\($0.name)=\"\($0.password)\"" }.joined()
        return "org.apache.kafka.common.security.plain.PlainLoginModule required "
            + "username=\"\(admin.name)\" password=\"\(admin.password)\"\(known);"
    }

    private func stores(of pair: String) -> [Property] {
        [
            Property(name: "ssl.keystore.type", value: "PEM"), Property(name: "ssl.keystore.location", value: pair),
            Property(name: "ssl.truststore.type", value: "PEM"),
            Property(name: "ssl.truststore.location", value: authority.certificate),
        ]
    }

    // MARK: Tools

    /// Writes the file that tools are let in by, as `admin`, and returns its path.
    func toolProperties() throws(SystemError) -> String {
        let lines =
            [
                Property(name: "security.protocol", value: "SASL_SSL"),
                Property(name: "sasl.mechanism", value: "PLAIN"),
                Property(name: "sasl.jaas.config", value: plain([])),
                // A node is asked over its loopback, which no certificate names.
                Property(name: "ssl.endpoint.identification.algorithm", value: ""),
            ] + stores(of: "\(authority.folder)/client.pem")
        let path = path(of: "tools")
        do { try Files.write(KafkaProperties.text(lines), to: path) } catch {
            throw SystemError(.lab, "what tools are let in by cannot be written: \(error)")
        }
        return path
    }

    /// A tool's option for such a file; older releases have one of each tool's own.
    static func option(of tool: String) -> String {
        switch tool {
        case "kafka-leader-election.sh": "--admin.config"
        case "kafka-console-producer.sh", "kafka-producer-perf-test.sh": "--producer.config"
        case "kafka-console-consumer.sh", "kafka-consumer-perf-test.sh": "--consumer.config"
        default: "--command-config"
        }
    }
}
