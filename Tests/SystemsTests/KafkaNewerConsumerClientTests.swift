import Foundation
import Glibc
import Labs
import Platform
import Testing
import Workers
import Workload

@testable import Systems

@Suite(
    .serialized, .timeLimit(.minutes(2)), .enabled(if: kafkaIsThere, kafkaIsMissing),
    .enabled(if: NewerLibrary.found.folder != nil, Comment(rawValue: NewerLibrary.found.reason)))
struct KafkaNewerConsumerClientTests {
    /// Two processes share a topic by the protocol in which the broker decides who reads what, which the distribution's
    /// library does not have; the second leaves, and the first has all of it again.
    @Test func membersOfTheNewProtocolShareATopic() async throws {
        try await onThread {
            let broker = try KafkaClientBroker.shared()
            let folder = FileManager.default.temporaryDirectory.appending(path: "kafka-new-\(UUID())").path
            try Files.makeFolders(folder)
            defer { try? Files.removeTree(folder) }
            setenv("LD_LIBRARY_PATH", try #require(NewerLibrary.found.folder), 1)
            defer { unsetenv("LD_LIBRARY_PATH") }
            let first = try Self.start("one", number: 1, broker, folder)
            try Self.wait("the first is not ready", folder) { first.poll().ready }
            try Self.publish(broker, 30)
            try Self.wait("the first is not handed all", folder) {
                first.poll().confirmed > 0 && first.poll().processed == 30
            }

            let second = try Self.start("two", number: 2, broker, folder)
            try Self.wait("the second is not ready", folder) { second.poll().ready }
            // Whoever has it: each event once.
            try Self.wait("the second is handed nothing", folder) {
                try Self.publish(broker, 30)
                return second.poll().processed > 0
            }
            second.send(.stop)
            #expect(second.wait(upTo: .seconds(20)) == .exited(0) && second.finishedWell)
            first.send(.stop)
            #expect(first.wait(upTo: .seconds(20)) == .exited(0) && first.finishedWell)
            #expect(first.status.refusals == 0 && second.status.refusals == 0)
            let log = Files.read("\(folder)/one.log", limit: 1 << 20) ?? ""
            #expect(log.contains("one: librdkafka \(NewerLibrary.version)\n"), "\(log)")
            #expect(log.contains("one: assigned: newer-group-0 newer-group-1 newer-group-2"), "\(log)")
            #expect(log.contains("one: revoked: newer-group-"), "\(log)")
        }
    }

    private static func publish(_ broker: KafkaClientBroker, _ count: Int) throws {
        let rig = try KafkaRig([broker.address], streams: KafkaRig.streams("newer-group"))
        _ = try rig.publish(count)
        _ = rig.close()
    }

    private static func start(
        _ name: String, number: Int, _ broker: KafkaClientBroker, _ folder: String
    ) throws -> WorkerProcess<ConsumerOrders, ConsumerStatus> {
        if number == 1 { try broker.make("newer-group", properties: [:]) }
        var orders = KafkaReadingRig.orders(broker, topic: "newer-group", group: "newer-group", consumers: [name]) {
            $0.membership = .consumer
        }
        (orders.worker, orders.number, orders.epoch) = (name, number, MonotonicClock.now())
        (orders.historyPath, orders.holdingPath) = ("\(folder)/\(name).shard", "\(folder)/\(name).holding")
        let own = URL(filePath: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        return try WorkerProcess(
            orders, ordersPath: "\(folder)/\(name).json", log: "\(folder)/\(name).log",
            executable: own.deletingLastPathComponent().appending(path: "holdfast").path)
    }

    private static func wait(_ otherwise: String, _ folder: String, _ condition: () throws -> Bool) throws {
        let deadline = MonotonicClock.now() + 40_000_000_000
        while try !condition() {
            guard MonotonicClock.now() < deadline else {
                let logs = ["one", "two"].map { Files.read("\(folder)/\($0).log", limit: 1 << 20) ?? "" }
                throw SystemError(.deadline, "\(otherwise):\n\(logs.joined())")
            }
            MonotonicClock.sleep(until: MonotonicClock.now() + 20_000_000)
        }
    }
}
