import Foundation
import Glibc
import History
import Labs
import Platform
import Testing
import Workers
import Workload

@testable import Systems

/// A producer's whole life on a real broker, and the history that it leaves.
struct KafkaPlay {
    struct Found {
        var attempts: [(agent: Int64, seq: Int64, transaction: String)] = []
        var transactions: [(t: Int64, id: String, state: TransactionState, begun: Int64)] = []
        var outcomes: [Outcome] = []
    }

    private let folder: String
    private var orders: ProducerOrders

    init(_ broker: KafkaClientBroker, topic: String, rate: Double, settings: [String: String] = [:]) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "kafka-play-\(UUID())").path
        try Files.makeFolders(folder)
        let workload = WorkloadSettings(agents: 10, rate: rate, payload: 20...200, producers: 1)
        orders = ProducerOrders(
            worker: "player", run: KafkaRig.run, seed: 5, agents: workload.agents(ofProducer: 0), workload: workload,
            client: ClientOrders(
                client: "kafka", addresses: [broker.address], streams: KafkaRig.streams(topic), ack: "all",
                settings: settings.merging(["allow.auto.create.topics": "true"]) { $1 }),
            retries: .none, inFlight: 2, epoch: 0, loadStart: 1_000_000_000, historyPath: "\(folder)/player.shard",
            schedulePath: "\(folder)/player.schedule.json")
    }

    private func orders(_ nanoseconds: Int64) -> ProducerOrders {
        var orders = orders
        orders.epoch = MonotonicClock.now()
        orders.until = orders.loadStart + nanoseconds
        return orders
    }

    /// Plays load for so long in a process of its own; what it says for people comes back, too.
    func runProcess(
        nanoseconds: Int64, meanwhile: (ProducerProcess) throws -> Void = { _ in }
    ) throws -> (Found, log: String) {
        defer { try? Files.removeTree(folder) }
        let log = folder + "/player.log"
        let own = URL(filePath: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        let producer = try ProducerProcess(
            orders(nanoseconds), ordersPath: folder + "/player.json", log: log,
            executable: own.deletingLastPathComponent().appending(path: "holdfast").path)
        try meanwhile(producer)
        let exit = producer.wait(upTo: .seconds(30))
        let said = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        try #require(exit == .exited(0) && producer.finishedWell, "\(said)")
        return (try read(), said)
    }

    /// Plays load for so long, and to the end of what that began.
    func run(nanoseconds: Int64) throws -> Found {
        defer { try? Files.removeTree(folder) }
        let orders = orders(nanoseconds)
        var (input, output): ([Int32], [Int32]) = ([0, 0], [0, 0])
        try #require(pipe(&input) == 0 && pipe(&output) == 0)
        defer { for end in input + output { close(end) } }
        let publisher = try KafkaPublisher(orders)
        #expect(ProducerWorker.run(orders, publisher: publisher, input: input[0], output: output[1]) == 0)
        return try read()
    }

    private func read() throws -> Found {
        try Files.write(Play.control, to: folder + "/control.jsonl")
        let history = try History.open(directory: folder)
        var found = Found()
        for chunk in history.chunks {
            func name(_ number: UInt32) -> String {
                history.names[chunk.names.map { Int($0[Int(number)]) } ?? Int(number)].text
            }
            for record in chunk.records {
                switch record.type {
                case .attempt:
                    found.attempts.append(
                        (record.agent, record.seq, record.transaction == 0 ? "" : name(record.transaction)))
                case .transaction:
                    found.transactions.append(
                        (record.t, name(record.transaction), record.transactionState, record.begun))
                case .outcome: found.outcomes.append(record.outcome)
                default: break
                }
            }
        }
        #expect(found.outcomes.count == found.attempts.count)
        return found
    }
}
