import Labs
import Platform

/// A tool of the release, run where a node is.
struct KafkaTool {
    let home: KafkaHome

    /// Those that look at files and ask no server.
    private static let offline = ["kafka-dump-log.sh", "kafka-storage.sh"]

    /// - Parameter words: the tool by its name, and its arguments; which server to ask is added.
    func run(_ words: [String], on server: KafkaServer) throws(SystemError) -> String {
        guard let name = words.first else {
            throw SystemError(.setting, "a command is a tool of Kafka and its arguments, such as [kafka-topics.sh, …]")
        }
        guard !name.contains("/"), name.hasSuffix(".sh"), let tool = Tool.locate("\(home.path)/bin/\(name)") else {
            throw SystemError(
                .setting, "\(name) is no tool in \(home.path)/bin; name one that is, such as kafka-configs.sh")
        }
        // A small Java as all of the lab's; it says nothing but what it was asked for.
        var arguments = [
            "KAFKA_HEAP_OPTS=-Xmx128m", "KAFKA_LOG_LEVEL=error",
            "KAFKA_JVM_PERFORMANCE_OPTS=\(KafkaHome.virtualMachine.joined(separator: " "))",
        ]
        if let folder = javaHome { arguments.append("JAVA_HOME=\(folder)") }
        arguments.append(tool)
        let asks = words.contains { $0.hasPrefix("--bootstrap-") || $0 == "--version" || $0 == "--help" }
        // First of all: some tools take it before their own verb alone.
        if !asks, !Self.offline.contains(name) { arguments += Self.bootstrap(server) }
        arguments += words.dropFirst()
        let result: ToolResult
        do { result = try server.node.runInNetwork("env", arguments) } catch {
            throw SystemError(.refused, "\(server.node.name): \(error)")
        }
        let said = result.output + result.errors
        guard result.succeeded else {
            throw SystemError(
                .refused,
                "\(server.node.name): \(words.joined(separator: " ")) ended with \(result.status): \(said.suffix(2000))"
            )
        }
        return said.hasSuffix("\n") ? String(said.dropLast()) : said
    }

    /// The node itself: over its loopback, which no cut reaches.
    private static func bootstrap(_ server: KafkaServer) -> [String] {
        server.role == .controller
            ? ["--bootstrap-controller", "127.0.0.1:\(KafkaProperties.controllerPort)"]
            : ["--bootstrap-server", "127.0.0.1:\(KafkaProperties.brokerPort)"]
    }

    private var javaHome: String? {
        home.java.hasSuffix("/bin/java") ? String(home.java.dropLast("/bin/java".count)) : nil
    }
}
