import Access
import Glibc
import Platform
import Testing

@testable import Systems

@Suite(.enabled(if: Tool.locate("openssl") != nil, "openssl is not installed"))
struct KafkaAdmissionTests {
    /// What a node's file says, and what is kept of it.
    private func lines(_ role: KafkaProperties.Role) throws -> (file: [String], kept: String, authority: Authority) {
        let folder = "/tmp/holdfast-kafka-admission-\(getpid())-\(role.rawValue)"
        defer { try? Files.removeTree(folder) }
        let authority = try Authority(in: folder)
        let admission = try KafkaAdmission(authority, "node", address: "198.18.0.11")
        let properties = KafkaProperties(
            KafkaSettings(), role: role, id: 7, address: "198.18.0.11", voters: [(101, "a")], dataDirectory: "/d",
            admission: admission)
        let tools = try #require(Files.read(try admission.toolProperties(), limit: 1 << 16))
        #expect(tools.contains("security.protocol=SASL_SSL\n") && tools.contains(authority.admin.password))
        #expect(!tools.contains("user_"))
        let text = properties.text
        return (text.split(separator: "\n").map(String.init), authority.redacted(text), authority)
    }

    @Test func clientsAndBrokersAreAskedForCertificateAndPassword() throws {
        let (broker, kept, authority) = try lines(.broker)
        for line in [
            "listeners=SECURED://0.0.0.0:9092", "advertised.listeners=SECURED://198.18.0.11:9092",
            "listener.security.protocol.map=SECURED:SASL_SSL,CONTROLLER:SASL_SSL",
            "inter.broker.listener.name=SECURED", "sasl.mechanism.inter.broker.protocol=PLAIN",
            "listener.name.secured.ssl.client.auth=required", "listener.name.controller.ssl.client.auth=required",
            "super.users=User:admin", "ssl.keystore.location=\(authority.folder)/node.pem",
            "ssl.truststore.location=\(authority.certificate)",
            "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        ] { #expect(broker.contains(line), "\(line)") }
        let (admin, auditor) = (authority.admin, authority.auditor)
        let login = try #require(broker.first { $0.hasPrefix("listener.name.secured.plain.sasl.jaas.config=") })
        #expect(login.contains("username=\"admin\" password=\"\(admin.password)\""))
        #expect(login.contains("user_holdfast=\"\(auditor.password)\""))
        // Nobody but the servers comes to controllers.
        let inner = try #require(broker.first { $0.hasPrefix("listener.name.controller.plain.sasl.jaas.config=") })
        #expect(inner.contains("user_admin=\"\(admin.password)\"") && !inner.contains("user_holdfast"))
        #expect(!kept.contains(admin.password) && !kept.contains(auditor.password))
        #expect(kept.contains("user_holdfast=\"…\""))
    }

    @Test func controllersKnowNoListenerOfClients() throws {
        let (controller, kept, authority) = try lines(.controller)
        #expect(controller.contains("listeners=CONTROLLER://0.0.0.0:9093"))
        #expect(controller.contains("listener.name.controller.ssl.client.auth=required"))
        #expect(controller.contains("sasl.mechanism.controller.protocol=PLAIN"))
        #expect(!controller.contains { $0.hasPrefix("inter.broker") || $0.hasPrefix("listener.name.secured") })
        #expect(!kept.contains(authority.admin.password))
    }

    @Test func anAuditorHasTheRightsThatAnAuditNeedsAndNoMore() {
        var writer = KafkaWriter()
        let request = KafkaCreateRightsRequest(auditor: "holdfast")
        request.write(into: &writer)
        #expect(
            request.rights.map { [$0.resource.rawValue, $0.operation.rawValue] } == [
                [2, 2], [3, 2], [5, 2], [4, 8], [4, 10],
            ])
        // Five; a topic's, of all whose names begin so; whoever is holdfast, from anywhere; all that there is; allowed.
        let first: [UInt8] =
            [0, 0, 0, 5, 2, 0, 9] + Array("holdfast-".utf8) + [4, 0, 13] + Array("User:holdfast".utf8)
        #expect(Array(writer.bytes.prefix(first.count + 5)) == first + [0, 1, 0x2A, 2, 3])
        let last: [UInt8] =
            Array("kafka-cluster".utf8) + [3, 0, 13] + Array("User:holdfast".utf8) + [0, 1, 0x2A, 10, 3]
        #expect(Array(writer.bytes.suffix(last.count)) == last)
    }

    @Test func toolsAreToldByTheirOwnOptions() {
        #expect(KafkaAdmission.option(of: "kafka-topics.sh") == "--command-config")
        #expect(KafkaAdmission.option(of: "kafka-leader-election.sh") == "--admin.config")
    }

    @Test func aSecuredClusterServesNoOpenTrial() {
        var secured = KafkaSettings()
        secured.admission = .secured
        #expect(!KafkaSettings().hasSameCluster(as: secured) && secured.hasSameCluster(as: secured))
    }
}
