import Foundation
import Glibc
import History
import Labs
import Platform
import Testing
import Workers
import Workload

@testable import Systems

private let holdfast: String? = {
    // The executable is built beside the tests.
    guard let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else { return nil }
    let path = URL(filePath: own).deletingLastPathComponent().appending(path: "holdfast").path
    return FileManager.default.isExecutableFile(atPath: path) ? path : nil
}()

private let withExecutable = ConditionTrait.enabled("the holdfast executable is not beside the tests") {
    holdfast != nil
}

/// Producers as trials have them: processes of their own, which a fault may kill.
@Suite(.serialized, .timeLimit(.minutes(2)), withRedis, withExecutable)
struct ProducerProcessTests {
    @Test func aKilledProducerHasWrittenDownAllThatLeftIt() async throws {
        try await onThread {
            let bench = try Bench()
            try bench.start()
            for round in 0..<3 {
                let stream = "killed:\(round)"
                let producer = try start(bench, stream: stream, rate: 20_000)
                try wait(producer) { $0.acked > 2_000 }
                #expect(producer.send(signal: SIGKILL))
                #expect(producer.wait(upTo: .seconds(10)) == .signaled(SIGKILL))
                #expect(!producer.finishedWell)
                let entries = try Rig.entries(bench, stream)
                let attempts = try attempts(bench, producer)
                #expect(entries.count > 2_000)
                let unknown = entries.values.filter { attempts[Play.Event(agent: $0.agent, seq: $0.seq)] != $0.crc }
                #expect(unknown.isEmpty, "\(unknown.count) events left and are not in the history")
            }
        }
    }

    @Test func aTrialTellsItsProducersWhenToEnd() async throws {
        try await onThread {
            let bench = try Bench()
            try bench.start()
            let producer = try start(bench, stream: "told", rate: 2_000)
            try wait(producer) { $0.connected && $0.acked > 100 }
            producer.send(.until(MonotonicClock.now() - producer.orders.epoch + 200_000_000))
            #expect(producer.wait(upTo: .seconds(10)) == .exited(0))
            #expect(producer.finishedWell && producer.status.inFlight == 0)
            #expect(try Rig.entries(bench, "told").count == Int(producer.status.acked))
        }
    }

    @Test func aStoppedProducerIsNoEnd() async throws {
        try await onThread {
            let bench = try Bench()
            try bench.start()
            let producer = try start(bench, stream: "stopped", rate: 2_000)
            try wait(producer) { $0.acked > 100 }
            producer.send(signal: SIGSTOP)
            #expect(try bench.patience.wait(upTo: 10) { producer.isStopped })
            #expect(producer.exit == nil)
            producer.send(signal: SIGCONT)
            let before = producer.poll().acked
            try wait(producer) { $0.acked > before + 100 }
            #expect(producer.end() != nil)
        }
    }

    @Test func ordersThatCannotBePlayedAreRefused() async throws {
        try await onThread {
            let bench = try Bench()
            let producer = try start(bench, stream: "refused", rate: 10, addresses: ["192.0.2.1:6379"])
            let exit = producer.wait(upTo: .seconds(10))
            #expect(exit != nil && exit != .exited(0) && !producer.finishedWell)
            let log = try String(contentsOfFile: "\(bench.lab.logDirectory)/producer.log", encoding: .utf8)
            #expect(log.contains("192.0.2.1:6379"))
        }
    }

    private func start(
        _ bench: Bench, stream: String, rate: Double, addresses: [String]? = nil
    ) throws -> ProducerProcess {
        let folder = "\(bench.lab.folder)/\(stream)/history"
        try Files.makeFolders(folder)
        let workload = WorkloadSettings(agents: 20, rate: rate, payload: 20...200, producers: 1)
        let orders = ProducerOrders(
            worker: "producer", run: "process", seed: 3, agents: workload.agents(ofProducer: 0), workload: workload,
            client: ClientOrders(
                client: "redis", addresses: try addresses ?? ["\(bench.node.address):6379"], streams: [stream],
                ack: "reply"),
            retries: .none, inFlight: 1, epoch: MonotonicClock.now(), loadStart: 50_000_000,
            historyPath: "\(folder)/producer.shard", schedulePath: "\(folder)/producer.schedule.json")
        return try ProducerProcess(
            orders, ordersPath: "\(folder)/producer.json", log: "\(bench.lab.logDirectory)/producer.log",
            executable: try #require(holdfast))
    }

    private func wait(_ producer: ProducerProcess, _ condition: (ProducerStatus) -> Bool) throws {
        let deadline = MonotonicClock.now() + 20_000_000_000
        while !condition(producer.poll()) {
            guard MonotonicClock.now() < deadline, producer.exit == nil else {
                throw SystemError(.deadline, "the producer did not come to it: \(producer.status)")
            }
            MonotonicClock.sleep(until: MonotonicClock.now() + 2_000_000)
        }
    }

    /// The checksums of the events that the shard knows of.
    private func attempts(_ bench: Bench, _ producer: ProducerProcess) throws -> [Play.Event: UInt32] {
        let folder = URL(filePath: producer.orders.historyPath).deletingLastPathComponent().path
        try Files.write(Play.control, to: "\(folder)/control.jsonl")
        let history = try History.open(directory: folder)
        var found: [Play.Event: UInt32] = [:]
        for chunk in history.chunks {
            for record in chunk.records where record.type == .attempt {
                found[Play.Event(agent: record.agent, seq: record.seq)] = record.crc
            }
        }
        return found
    }
}
