import Foundation
import Glibc
import Platform

/// Three brokers on the loopback, the first of them its own controller, started by the release's own scripts.
final class KafkaCluster {
    static let host = "127.0.0.1"
    private static let ports = [19_392, 19_393, 19_394]
    private static let controllerPort = 19_399
    private static let partitions = 3

    private let home: String
    private let folder: String
    private var servers: [Child] = []

    /// Nil, said so on standard error, where there is no Kafka.
    init?(folder: String) throws {
        guard let home = getenv("KAFKA_HOME").map({ String(cString: $0) }), !home.isEmpty else {
            write(STDERR_FILENO, "bench: no Kafka here: set KAFKA_HOME, or `make kafka`; its figures are left out\n")
            return nil
        }
        self.home = home
        self.folder = folder + "/kafka"
        try FileManager.default.createDirectory(atPath: self.folder, withIntermediateDirectories: true)
        for number in 1...Self.ports.count { try start(number) }
        try awaitServers()
    }

    func end() { for server in servers { server.end() } }

    var addresses: [String] { Self.ports.map { "\(Self.host):\($0)" } }
    func streams(_ topic: String) -> [String] { (0..<Self.partitions).map { "\(topic)-\($0)" } }

    private func start(_ number: Int) throws {
        var listeners = "PLAINTEXT://\(Self.host):\(Self.ports[number - 1])"
        if number == 1 { listeners += ",CONTROLLER://\(Self.host):\(Self.controllerPort)" }
        let properties = """
            process.roles=\(number == 1 ? "broker,controller" : "broker")
            node.id=\(number)
            controller.quorum.voters=1@\(Self.host):\(Self.controllerPort)
            listeners=\(listeners)
            controller.listener.names=CONTROLLER
            log.dirs=\(folder)/\(number)
            log.cleaner.dedupe.buffer.size=2097152
            log.retention.check.interval.ms=1000
            auto.create.topics.enable=false

            """
        let file = "\(folder)/\(number).properties"
        try properties.write(toFile: file, atomically: true, encoding: .utf8)
        try tool("kafka-storage.sh", ["format", "-t", "AAAAAAAAAAAAAAAAAAAAAQ", "-c", file])
        servers.append(
            try Child(
                executable: "\(home)/bin/kafka-server-start.sh", arguments: [file],
                environment: environment(heap: "-Xmx256m"), output: .file("\(folder)/\(number).log")))
    }

    private func environment(heap: String) -> [String: String] {
        // What the official scripts take by themselves: other distributions' may be tuned for small machines.
        [
            "KAFKA_HEAP_OPTS": heap, "LOG_DIR": folder,
            "KAFKA_JVM_PERFORMANCE_OPTS": "-server -XX:+UseG1GC -XX:MaxGCPauseMillis=20 "
                + "-XX:InitiatingHeapOccupancyPercent=35 -XX:+ExplicitGCInvokesConcurrent",
        ]
    }

    private func awaitServers() throws {
        let deadline = now() + 90
        for port in Self.ports {
            while (try? Sockets.connect(Self.host, port: UInt16(port))).map({ close($0) }) == nil {
                guard now() < deadline, servers.allSatisfy({ $0.status == nil }) else {
                    throw Trouble("Kafka does not answer on \(Self.host):\(port): the logs in \(folder) say why")
                }
                MonotonicClock.sleep(until: MonotonicClock.now() + 50_000_000)
            }
        }
    }

    /// A topic on all brokers, of which the last seconds are kept: what was measured is of no further use.
    func make(_ topic: String) throws {
        try tool(
            "kafka-topics.sh",
            [
                "--bootstrap-server", addresses[0], "--create", "--topic", topic, "--partitions",
                "\(Self.partitions)", "--replication-factor", "\(Self.ports.count)", "--config",
                "retention.bytes=134217728", "--config", "segment.bytes=67108864", "--config",
                "file.delete.delay.ms=500",
            ])
    }

    @discardableResult
    func tool(_ name: String, _ arguments: [String]) throws -> String {
        try Tool.require(
            "\(home)/bin/\(name)", arguments, deadline: .seconds(180), environment: environment(heap: "-Xmx512m")
        ).output
    }
}
