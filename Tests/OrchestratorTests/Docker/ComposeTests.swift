import Foundation
import Glibc
import Labs
import Platform
import TestSupport
import Testing

/// The files in `compose/`, as a person uses them, with either form of Compose that there is.
@Suite(
    .serialized, .timeLimit(.minutes(10)),
    .enabled(if: DockerHost.isThere, "NO DOCKER ENGINE CAN BE STARTED HERE (see above)"),
    .enabled(if: Compose.find() != nil, "NEITHER docker compose NOR docker-compose IS THERE"))
struct ComposeTests {
    private func compose(_ host: DockerHost, _ file: String, _ words: String...) throws -> ToolResult {
        let compose = try #require(Compose.find())
        return try host.run(
            compose.words + ["--file", "\(Holdfast.root)/compose/\(file).yml", "--project-name", "byhand"] + words,
            deadline: .seconds(240))
    }

    /// Brings it up, lets `look` look once all are healthy, and takes it down again.
    private func up(_ file: String, nodes: Int, _ look: (DockerHost) throws -> Void) async throws {
        try await Holdfast.takingTurns {
            let host = try #require(DockerHost.shared)
            let before = host.look()
            let started = try compose(host, file, "up", "--detach")
            #expect(started.succeeded, "\(started.errors)")
            let healthy = try eventually(within: 180) {
                try host.docker("ps", "--quiet", "--filter", "health=healthy").split(separator: "\n").count == nodes
            }
            let logs = healthy ? "" : try compose(host, file, "logs").output.suffix(3000)
            #expect(healthy, "\(logs)")
            if healthy { try look(host) }
            // `heal` is about runs: what was brought up by hand stays.
            #expect(try host.run([Holdfast.path, "heal", host.folder + "/none"]).output == "nothing to heal\n")
            let ended = try compose(host, file, "down", "--volumes")
            #expect(ended.succeeded, "\(ended.errors)")
            #expect(host.look() == before, "\(host.look().differences(from: before))")
        }
    }

    @Test func redisStandalone() async throws {
        try await up("redis-standalone", nodes: 1) { (host: DockerHost) throws in
            #expect(try host.run(["redis-cli", "-h", "198.19.240.11", "ping"]).output == "PONG\n")
            let said = try host.run(["redis-cli", "-h", "198.19.240.11", "config", "get", "appendfsync"]).output
            #expect(said.contains("everysec"))
        }
    }

    @Test func redisReplicated() async throws {
        try await up("redis-replicated", nodes: 3) { (host: DockerHost) throws in
            #expect(try host.run(["redis-cli", "-h", "198.19.241.11", "set", "key", "1"]).output == "OK\n")
            #expect(try host.run(["redis-cli", "-h", "198.19.241.11", "wait", "2", "20000"]).output == "2\n")
            #expect(try host.run(["redis-cli", "-h", "198.19.241.13", "get", "key"]).output == "1\n")
        }
    }

    @Test func redisSentinel() async throws {
        try await up("redis-sentinel", nodes: 6) { (host: DockerHost) throws in
            let asked = ["redis-cli", "-h", "198.19.243.21", "-p", "26379", "sentinel"]
            let knowsOthers = try eventually(within: 30) {
                try host.run(asked + ["sentinels", "holdfast"]).output.components(separatedBy: "runid").count == 3
            }
            #expect(knowsOthers)
            let leader = try host.run(asked + ["get-master-addr-by-name", "holdfast"]).output
            #expect(leader == "198.19.243.11\n6379\n")
        }
    }

    @Test func redisCluster() async throws {
        try await up("redis-cluster", nodes: 6) { (host: DockerHost) throws in
            let isWhole = try eventually(within: 60) {
                let said = try host.run(["redis-cli", "-h", "198.19.244.14", "cluster", "info"]).output
                return said.contains("cluster_state:ok") && said.contains("cluster_size:3")
            }
            #expect(isWhole)
            let set = ["redis-cli", "-c", "-h", "198.19.244.15", "set", "key", "1"]
            #expect(try host.run(set).output == "OK\n")
        }
    }

    @Test(
        .enabled(
            if: !Holdfast.environment.isEmpty,
            "KAFKA_HOME is not set: make kafka, or set it to the folder of a release"))
    func kafka() async throws {
        try await up("kafka", nodes: 3) { (host: DockerHost) throws in
            let id = try host.docker("ps", "--quiet", "--filter", "label=com.docker.compose.service=kafka-2")
            let tool = ["/opt/kafka/bin/kafka-topics.sh", "--bootstrap-server", "198.19.242.11:9092"]
            let topic = ["--create", "--topic", "t", "--replication-factor", "3", "--partitions", "1"]
            #expect(try host.run(["docker", "exec", id] + tool + topic).succeeded)
            let described = try host.run(["docker", "exec", id] + tool + ["--describe", "--topic", "t"]).output
            #expect(described.contains("ReplicationFactor: 3"), "\(described)")
        }
    }

    @Test(
        .enabled(
            if: !Holdfast.environment.isEmpty,
            "KAFKA_HOME is not set: make kafka, or set it to the folder of a release"))
    func hybrid() async throws {
        try await up("hybrid", nodes: 5) { (host: DockerHost) throws in
            #expect(try host.run(["redis-cli", "-h", "198.19.242.21", "wait", "1", "20000"]).output == "1\n")
            let id = try host.docker("ps", "--quiet", "--filter", "label=com.docker.compose.service=kafka-3")
            let tool = ["/opt/kafka/bin/kafka-topics.sh", "--bootstrap-server", "198.19.242.13:9092", "--list"]
            #expect(try host.run(["docker", "exec", id] + tool).succeeded)
        }
    }
}
