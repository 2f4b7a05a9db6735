import Foundation
import Glibc
import Labs
import Platform
import Synchronization
import Testing

@testable import Systems

/// One broker, its own controller, on the loopback: started by the first test that asks for it, and shared by all that
/// need no fault. It ends with this process.
final class KafkaClientBroker: Sendable {
    static let properties = [
        "controller.listener.names=CONTROLLER",
        "offsets.topic.replication.factor=1", "offsets.topic.num.partitions=1",
        "transaction.state.log.replication.factor=1", "transaction.state.log.min.isr=1",
        "transaction.state.log.num.partitions=1", "transaction.abort.timed.out.transaction.cleanup.interval.ms=200",
        "log.cleaner.dedupe.buffer.size=2097152", "num.partitions=3", "auto.create.topics.enable=true",
        "group.initial.rebalance.delay.ms=0", "group.min.session.timeout.ms=1000",
        "group.consumer.heartbeat.interval.ms=500", "group.consumer.min.heartbeat.interval.ms=500",
    ]

    private enum State {
        case none
        case running(KafkaClientBroker)
        case failed(String)
    }

    private static let state = Mutex(State.none)

    let address: String
    private let home: KafkaHome
    private let archive: String?
    private let folder: String
    private let voters: String

    private init(address: String, home: KafkaHome, archive: String?, folder: String, voters: String) {
        (self.address, self.home, self.archive, self.folder) = (address, home, archive, folder)
        self.voters = voters
    }

    static func shared() throws -> KafkaClientBroker {
        try state.withLock { state in
            switch state {
            case .running(let broker): return broker
            case .failed(let text): throw SystemError(.lab, text)
            case .none: break
            }
            do {
                let broker = try start()
                state = .running(broker)
                return broker
            } catch {
                state = .failed("\(error)")
                throw error
            }
        }
    }

    private static func start() throws -> KafkaClientBroker {
        let home = try KafkaHome.find(nil)
        let archive = try KafkaArchive(home: home).path(patience: TestPatience())
        let folder = FileManager.default.temporaryDirectory.appending(path: "holdfast-broker-\(getpid())").path
        try Files.makeFolders(folder)
        removeAtExit(folder)
        let (port, other) = try freePorts()
        let voters = "controller.quorum.voters=1@127.0.0.1:\(other)"
        let broker = KafkaClientBroker(
            address: "127.0.0.1:\(port)", home: home, archive: archive, folder: folder, voters: voters)
        let program = try broker.program(
            [
                "process.roles=broker,controller", "node.id=1",
                "listeners=PLAINTEXT://127.0.0.1:\(port),CONTROLLER://127.0.0.1:\(other)",
            ], name: "server")
        // The kernel ends it with the thread that started it: one that lives as long as this process.
        let outcome = Mutex<Result<Int32, ToolError>?>(nil)
        let started = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            let child: Result<Child, ToolError> = Result { () throws(ToolError) -> Child in
                try Child(
                    executable: program.executable, arguments: program.arguments, environment: program.environment,
                    output: .file(program.outputFile))
            }
            outcome.withLock { $0 = child.map(\.pid) }
            started.signal()
            withExtendedLifetime(child) { while true { sleep(3600) } }
        }
        started.wait()
        _ = try #require(try outcome.withLock { try $0?.get() })
        let answers = try TestPatience().wait(upTo: 60) {
            (try? Sockets.connect("127.0.0.1", port: port)).map { close($0) == 0 } ?? false
        }
        guard answers else { throw SystemError(.lab, "the broker does not answer: \(folder)/server.log") }
        return broker
    }

    private func program(_ own: [String], name: String) throws -> Program {
        let file = "\(folder)/\(name).properties"
        let all = Self.properties + own + [voters, "log.dirs=\(folder)/\(name)"]
        try Files.write(all.joined(separator: "\n") + "\n", to: file)
        try home.format(clusterID: KafkaHome.anyClusterID, properties: file, features: [])
        return try home.program(
            heapMegabytes: 256, properties: file, log: "\(folder)/\(name).log", outputFile: "\(folder)/\(name).out",
            archive: archive)
    }

    /// With one more broker, number 2, beside this one; it ends in good order by `end`, or with the body.
    func withSecond(_ body: (_ end: () throws -> Void) throws -> Void) throws {
        let (port, _) = try Self.freePorts()
        let program = try program(
            ["process.roles=broker", "node.id=2", "listeners=PLAINTEXT://127.0.0.1:\(port)"], name: "second")
        let child = try Child(
            executable: program.executable, arguments: program.arguments, output: .file(program.outputFile))
        defer { child.end() }
        try wait { $0.brokers.count == 2 }
        try body {
            child.send(SIGTERM)
            try #require(child.wait(upTo: .seconds(30)) != nil)
            try wait { $0.brokers.count == 1 }
        }
    }

    private func wait(_ condition: (KafkaMetadata) -> Bool) throws {
        let came = try TestPatience().wait(upTo: 60) {
            guard let connection = try? connect(),
                let answer = try? connection.call(KafkaMetadataRequest(topics: []), within: 5)
            else { return false }
            return condition(answer)
        }
        try #require(came)
    }

    private func connect() throws -> KafkaConnection {
        let server = try #require(ServerAddress(address))
        return try KafkaConnection(descriptor: try Sockets.connect(server.host, port: server.port))
    }

    /// Makes a topic of three partitions.
    func make(_ topic: String, replicas: [Int32] = [1], properties: [String: String]) throws {
        let connection = try connect()
        let request = KafkaCreateTopicsRequest(
            topics: [
                KafkaCreateTopicsRequest.Topic(
                    name: topic, assignment: [replicas, replicas, replicas],
                    properties: properties.map { KafkaSettings.Property(name: $0.key, value: $0.value) })
            ], milliseconds: 10_000)
        let results = try connection.call(request, within: 20)
        try #require(results.map(\.error) == [0], "\(results)")
    }

    /// Two ports of the loopback that nobody has at this moment.
    private static func freePorts() throws -> (UInt16, UInt16) {
        let peers = [try FakePeer(), try FakePeer()]
        let ports = peers.compactMap { ServerAddress($0.address)?.port }
        return (ports[0], ports[1])
    }
}

private let leftovers = Mutex<[String]>([])

private func removeLeftovers() {
    for folder in leftovers.withLock({ $0 }) { try? Files.removeTree(folder) }
}

private func removeAtExit(_ folder: String) {
    let isFirst = leftovers.withLock { folders in
        folders.append(folder)
        return folders.count == 1
    }
    if isFirst { atexit(removeLeftovers) }
}
