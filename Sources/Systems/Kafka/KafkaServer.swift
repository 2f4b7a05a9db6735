import Access
import Glibc
import Labs
import Platform

/// One process of Kafka on one node: a broker, a controller or both.
///
/// Used by the thread that runs the trial.
final class KafkaServer {
    let node: any Node
    let id: Int32
    let role: KafkaProperties.Role
    /// Nil: it is somebody else's.
    private let home: KafkaHome?
    private let archive: String?
    /// How it lets anybody in; nil: without a word, or as somebody else says.
    let admission: KafkaAdmission?
    /// Known once every voter has its address.
    var properties: KafkaProperties?
    /// What its process finds in its environment.
    var environment: [String: String] = [:]
    private var log: KafkaNodeLog
    private var logBegin = 0
    private var folder: String
    private var connections: [UInt16: KafkaConnection] = [:]

    init(
        _ node: any Node, id: Int32, role: KafkaProperties.Role, home: KafkaHome?, archive: String?,
        admission: KafkaAdmission? = nil
    ) {
        (self.node, self.id, self.role, self.admission) = (node, id, role, admission)
        (self.home, self.archive) = (home, archive)
        folder = node.logDirectory
        log = KafkaNodeLog(folder: node.logDirectory, name: node.name)
    }

    /// Kafka takes every folder in its data directory for one of its own, so it has one to itself.
    var dataDirectory: String { node.dataDirectory + "/kafka" }
    private var foreign: Access.Server? { (node as? ExternalNode)?.server }
    var address: String { foreign?.text ?? "\(node.address):\(KafkaProperties.brokerPort)" }
    var propertiesPath: String { admission?.path(of: node.name) ?? keptPropertiesPath }
    /// What is kept of them when the trial is over.
    private var keptPropertiesPath: String { "\(folder)/\(node.name).properties" }

    var isRunning: Bool {
        if case .running = node.state { return true }
        return false
    }

    var isGone: Bool {
        if case .gone = node.state { return true }
        return false
    }

    // MARK: Starting

    func writeProperties() throws(SystemError) {
        guard let properties else { preconditionFailure("\(node.name) has no properties") }
        let text = properties.text
        try onDisk { () throws(KernelFailure) in
            try Files.write(text, to: propertiesPath)
            if let admission { try Files.write(admission.authority.redacted(text), to: keptPropertiesPath) }
        }
    }

    /// Starts the process; it need not answer yet.
    func launch() throws(SystemError) {
        connections = [:]
        guard let home else {
            do { return try node.start(Program(executable: "", arguments: [])) } catch {
                throw SystemError(.lab, error.message)
            }
        }
        try writeProperties()
        try onDisk { () throws(KernelFailure) in try log.startAnew() }
        logBegin = TextFile.size(log.path) ?? 0
        var program = try home.program(
            heapMegabytes: role.isBroker ? SystemLimits.brokerMegabytes : SystemLimits.controllerMegabytes,
            properties: propertiesPath, log: log.path, outputFile: log.path, archive: archive)
        program.environment.merge(environment) { $1 }
        do { try node.start(program) } catch {
            throw SystemError(.lab, "\(node.name): Kafka does not start: \(error)")
        }
    }

    /// The last lines that the process wrote since it was started.
    func logTail() -> String {
        try? log.collect()
        let text = TextFile.tail(log.path, from: logBegin, limit: SystemLimits.logTailBytes) ?? ""
        let lines = text.split(separator: "\n").filter { $0.contains { !$0.isWhitespace } }
        return lines.isEmpty ? "(nothing)" : lines.suffix(12).joined(separator: "\n")
    }

    /// Whether the last that the process wrote since it was started contains these words.
    func hasSaid(_ words: String) -> Bool {
        (TextFile.tail(log.path, from: logBegin, limit: SystemLimits.logTailBytes) ?? "").contains(words)
    }

    /// What it says from now on belongs to another trial.
    func move(to folder: String) throws(SystemError) {
        try onDisk { () throws(KernelFailure) in try log.move(to: folder, name: node.name) }
        (self.folder, logBegin) = (folder, 0)
        try writeProperties()
    }

    func collectLog() throws(SystemError) {
        try onDisk { () throws(KernelFailure) in try log.collect() }
    }

    private func onDisk(_ body: () throws(KernelFailure) -> Void) throws(SystemError) {
        do { try body() } catch { throw SystemError(.lab, "\(node.name): \(error)") }
    }

    // MARK: Asking

    /// A connection from inside the node, kept for the next question.
    func connection(to port: UInt16) throws(SystemError) -> KafkaConnection {
        if let known = connections[port], !known.isStale { return known }
        connections[port] = nil
        let fresh = try connect(to: port)
        connections[port] = fresh
        return fresh
    }

    /// One of one's own.
    func connect(to port: UInt16) throws(SystemError) -> KafkaConnection {
        let descriptor: Int32
        do { descriptor = try node.connect(port: port) } catch {
            throw SystemError(.unreachable, "\(node.name) takes no connection: \(error)")
        }
        let known = foreign ?? Access.current?.server(ofLab: node.address, port: port)
        do throws(SystemError) { return try KafkaConnection(descriptor: descriptor, to: known) } catch {
            throw SystemError(error.code, "\(node.name) (\(address)): \(error.message)")
        }
    }

    /// One question and its answer.
    func call<Request: KafkaRequest>(
        _ request: Request, port: UInt16 = KafkaProperties.brokerPort, within seconds: Double
    ) throws(SystemError) -> Request.Answer {
        // Why there is no connection is said with the server's name.
        let connection = try connection(to: port)
        do throws(SystemError) { return try connection.call(request, within: seconds) } catch {
            throw SystemError(error.code, "\(node.name): \(Request.self): \(error)")
        }
    }

    /// The same question to several at the same moment: those that answer in time, with what they say. Processes that
    /// are stopped or gone are not asked.
    static func ask<Request: KafkaRequest>(
        _ request: Request, of servers: [KafkaServer], port: UInt16 = KafkaProperties.brokerPort,
        within seconds: Double = SystemLimits.kafkaLookSeconds
    ) -> [(server: KafkaServer, answer: Request.Answer)] {
        ask(servers.map { ($0, request) }, port: port, within: seconds)
    }

    /// A question of its own to each of several, at the same moment.
    static func ask<Request: KafkaRequest>(
        _ questions: [(server: KafkaServer, request: Request)], port: UInt16 = KafkaProperties.brokerPort,
        within seconds: Double = SystemLimits.kafkaLookSeconds
    ) -> [(server: KafkaServer, answer: Request.Answer)] {
        askAll(questions, port: port, within: seconds).map { ($0.server, $0.answer) }
    }

    /// Several of them may be of one server; each answer comes with its question.
    static func askAll<Request: KafkaRequest>(
        _ questions: [(server: KafkaServer, request: Request)], port: UInt16 = KafkaProperties.brokerPort,
        within seconds: Double = SystemLimits.kafkaLookSeconds
    ) -> [(server: KafkaServer, request: Request, answer: Request.Answer)] {
        let deadline = KafkaConnection.deadline(after: seconds)
        var asked: [(server: KafkaServer, request: Request, connection: KafkaConnection, number: Int32)] = []
        for (server, request) in questions where server.isRunning {
            do throws(SystemError) {
                let connection = try server.connection(to: port)
                asked.append((server, request, connection, try connection.send(request, by: deadline)))
            } catch {
                // Whoever cannot be asked has no answer.
                continue
            }
        }
        return asked.compactMap { server, request, connection, number in
            do throws(SystemError) {
                return (server, request, try connection.receive(request, number: number, by: deadline))
            } catch {
                return nil
            }
        }
    }
}
