import Foundation
import Glibc
import History
import Platform
import Testing
import Workload

@testable import Workers

/// A producer that takes another's place goes on where its shards say that it stopped.
struct ResumptionTests {
    private final class Folder {
        let path: String
        init(_ name: String) throws {
            path = "\(NSTemporaryDirectory())holdfast-resumption.\(getpid()).\(name)"
            try Files.makeFolders(path)
        }
        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    /// Writes a shard; each record is made with the numbers of a kind, a stream and a transaction.
    private func shard(
        _ folder: Folder, _ name: String, transaction: String = "t", _ records: (UInt32, UInt32, UInt32) -> [Record]
    ) throws -> String {
        let path = "\(folder.path)/\(name).shard"
        var writer = try ShardWriter(path: path, worker: name)
        let kind = writer.name("tool-call")
        let stream = writer.stream("events-0", form: .offset)
        let number = writer.name(transaction)
        for record in records(kind, stream, number) { writer.append(record) }
        try writer.close()
        return path
    }

    private func attempt(_ seq: Int64, _ kind: UInt32, agent: Int64 = 0, transaction: UInt32 = 0) -> Record {
        .attempt(
            t: seq, agent: agent, seq: seq, number: 1, kind: kind, intended: 0, crc: 1, transaction: transaction)
    }

    private func outcome(_ result: Outcome, _ seq: Int64, _ stream: UInt32) -> Record {
        .outcome(
            result, t: seq, agent: 0, seq: seq, number: 1, stream: result == .acked ? stream : 0,
            position: result == .acked ? Position(UInt64(seq), 0) : nil)
    }

    @Test func whatWasNotAcknowledgedIsOpenWhateverBecameOfIt() throws {
        let folder = try Folder("open")
        let first = try shard(folder, "first") { kind, stream, _ in
            [
                attempt(0, kind), outcome(.acked, 0, stream), attempt(1, kind), outcome(.failed, 1, stream),
                attempt(2, kind), outcome(.unknown, 2, stream), attempt(3, kind), attempt(7, kind, agent: 5),
            ]
        }
        #expect(
            try Resumption(shards: [first]).agents == [
                0: .init(highest: 3, open: [1, 2, 3]), 5: .init(highest: 7, open: [7]),
            ])
        // What the broker is known to have needs no other try.
        var settled = try Resumption(shards: [first])
        settled.settle(agent: 0, seq: 2)
        settled.settle(agent: 5, seq: 6)
        settled.settle(agent: 9, seq: 0)
        #expect(settled.agents == [0: .init(highest: 3, open: [1, 3]), 5: .init(highest: 7, open: [7])])
        // A second one that had it acknowledged.
        let second = try shard(folder, "second") { kind, stream, _ in
            [attempt(1, kind), outcome(.acked, 1, stream), attempt(4, kind), outcome(.acked, 4, stream)]
        }
        #expect(try Resumption(shards: [first, second]).agents[0] == .init(highest: 4, open: [2, 3]))
    }

    @Test func aTornTailIsReadUpToTheTear() throws {
        let folder = try Folder("torn")
        let path = try shard(folder, "torn") { kind, stream, _ in
            [attempt(0, kind), outcome(.acked, 0, stream), attempt(1, kind), outcome(.acked, 1, stream)]
        }
        let length = try #require(FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
        #expect(truncate(path, length - 30) == 0)
        #expect(try Resumption(shards: [path]).agents[0] == .init(highest: 1, open: [1]))
        // A whole record that is wrong is no tear.
        let descriptor = open(path, O_WRONLY)
        defer { close(descriptor) }
        #expect(pwrite(descriptor, [0xFF, 0xFF], 2, length - 128 + 20) == 2)
        #expect(throws: WorkerError.self) { try Resumption(shards: [path]) }
        #expect(throws: WorkerError.self) { try Resumption(shards: [folder.path + "/none"]) }
    }

    @Test(
        arguments: [(nil, [0, 1]), (.unknown, [0, 1]), (.committed, []), (.aborted, [])]
            as [(TransactionState?, [Int64])])
    func inTransactionsTheirEndDecides(state: TransactionState?, open: [Int64]) throws {
        let folder = try Folder("transactions.\(state.map { "\($0)" } ?? "none")")
        let path = try shard(folder, "first") { kind, stream, transaction in
            let events = [
                attempt(0, kind, transaction: transaction), attempt(1, kind, transaction: transaction),
                outcome(.acked, 0, stream), outcome(.acked, 1, stream),
            ]
            return events + (state.map { [.transaction(t: 9, id: transaction, state: $0, begun: 8)] } ?? [])
        }
        #expect(try Resumption(shards: [path]).agents[0] == .init(highest: 1, open: open))
    }

    @Test func whatIsOpenGoesFirstAndTriesAreNumberedApart() throws {
        var orders = Example.orders
        orders.workload = WorkloadSettings(agents: 2, rate: 1_000, payload: 10...20, producers: 1)
        (orders.generation, orders.begins) = (3, 4_000_000_000)
        let folder = try Folder("engine")
        let path = try shard(folder, "first") { kind, stream, _ in
            (0...5).map { attempt($0, kind) } + [0, 2, 3].map { outcome(.acked, $0, stream) }
        }
        orders.resumes = [path]
        var engine = ProducerEngine(orders, resuming: try Resumption(shards: orders.resumes))
        #expect(engine.nextDue == orders.begins)
        #expect(engine.begin(4_000_000_000 - 1) == nil)
        var life = AgentLife(agent: 0, seed: orders.seed, settings: orders.workload)
        let planned = (0..<8).map { _ in life.following() }
        var seen: [PlannedEvent] = []
        var other: [Int64] = []
        while let attempt = engine.begin(4_000_000_000), seen.count < 5 {
            #expect(attempt.number == 2_000_001 && attempt.free == 4_000_000_000)
            if attempt.agentIndex == 0 { seen.append(attempt.event) } else { other.append(attempt.event.seq) }
            engine.complete(attempt.slot, .acked, now: 4_000_000_000)
        }
        #expect(seen == [1, 4, 5, 6, 7].map { planned[$0] })
        #expect(other == (0..<Int64(other.count)).map { $0 })
        // What others had begun is not counted again.
        #expect(engine.counters.attempts - engine.counters.events == 3)
    }

    @Test func onlyOneThatIsAlreadyThereHasAGeneration() {
        var orders = Example.orders
        #expect(orders.problem == nil && orders.firstTry == 1)
        orders.generation = 2
        #expect(orders.firstTry == 1_000_001)
        orders.generation = 0
        #expect(orders.problem == "generation: must be from 1 to 1000000")
    }
}
