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
        let tool = "\(home.path)/bin/\(name)"
        guard !name.contains("/"), name.hasSuffix(".sh"), home.origin != .machine || Tool.locate(tool) != nil else {
            throw SystemError(
                .setting, "\(name) is no tool in \(home.path)/bin; name one that is, such as kafka-configs.sh")
        }
        // A small Java as all of the lab's; it says nothing but what it was asked for.
        var environment = [
            "KAFKA_HEAP_OPTS": "-Xmx128m", "KAFKA_LOG_LEVEL": "error",
            "KAFKA_JVM_PERFORMANCE_OPTS": KafkaHome.virtualMachine.joined(separator: " "),
        ]
        if let folder = javaHome { environment["JAVA_HOME"] = folder }
        var arguments: [String] = []
        let asks = words.contains { $0.hasPrefix("--bootstrap-") || $0 == "--version" || $0 == "--help" }
        // First of all: some tools take it before their own verb alone.
        if !asks, !Self.offline.contains(name) { arguments += Self.bootstrap(server) }
        if let admission = server.admission, Self.wantsAdmission(words) {
            arguments += [KafkaAdmission.option(of: name), try admission.toolProperties()]
        }
        arguments += words.dropFirst()
        let result: ToolResult
        let program = Program(executable: tool, arguments: arguments, environment: environment)
        do {
            result = try server.node.runBeside(
                program, deadline: .seconds(Int(SystemLimits.commandSeconds)), input: nil)
        } catch {
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

    /// Whether a tool asks a server and was not told how it is let in.
    private static func wantsAdmission(_ words: [String]) -> Bool {
        !offline.contains(words[0])
            && !words.contains { ["--version", "--help"].contains($0) || $0.hasSuffix("config") && $0.hasPrefix("--") }
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
