import Foundation
import Glibc
import History
import Labs
import Platform
import Testing
import Workers
import Workload

@testable import Systems

/// The publisher against real servers, and against a socket of the test's own where no server misbehaves that way.
/// What it calls failed must not be in the stream afterwards; what it calls acked must.
@Suite(.serialized, .timeLimit(.minutes(2)), withRedis)
struct RedisPublisherTests {
    @Test func acknowledgedEventsStandWhereTheAnswerSays() async throws {
        try await onThread {
            let bench = try Bench()
            try bench.start()
            let rig = try Rig(bench, agents: 3)
            let done = try rig.publish(60)
            #expect(done.count == 60 && done.allSatisfy { $0.completion.outcome == .acked })
            let entries = try rig.entries(bench)
            for item in done {
                let position = try #require(item.completion.position)
                let event = try #require(entries[position])
                #expect(event.agent == item.attempt.event.agent && event.seq == item.attempt.event.seq)
                #expect(event.crc == item.crc && event.intact && event.run == EventCodec.runNumber(Rig.run))
            }
            #expect(entries.count == 60)
        }
    }

    @Test func aRefusedConnectionHasSentNothing() async throws {
        try await onThread {
            let bench = try Bench()
            try bench.start()
            let rig = try Rig(bench, agents: 2)
            _ = try rig.publish(2)
            try bench.node.kill()
            try rig.settle { !rig.publisher.isConnected }
            let done = try rig.publish(4)
            #expect(done.allSatisfy { $0.completion.outcome == .failed })
            #expect(done.allSatisfy { rig.publisher.reason($0.completion.reason).contains("ECONNREFUSED") })
        }
    }

    @Test func aServerThatDoesNotAnswerLeavesAllUnknownAndMayStillApplyIt() async throws {
        try await onThread {
            let bench = try Bench()
            try bench.start()
            let rig = try Rig(bench, agents: 4, timeout: 300_000_000)
            _ = try rig.publish(4)
            try bench.node.pause()
            let done = try rig.publish(4)
            #expect(done.count == 4 && done.allSatisfy { $0.completion.outcome == .unknown })
            #expect(rig.publisher.reason(done[0].completion.reason) == "time-out: 300 ms")
            try bench.node.resume()
            // A late answer to the old connection must not be taken for one to the new.
            let later = try rig.publish(4)
            #expect(
                later.allSatisfy { $0.completion.outcome == .acked },
                "\(later.map { rig.publisher.reason($0.completion.reason) })")
            let entries = try rig.entries(bench)
            #expect(later.allSatisfy { entries[$0.completion.position ?? Position(0)]?.seq == $0.attempt.event.seq })
            #expect(entries.count == 12)
        }
    }

    /// The server dies with the requests unread in its socket: the kernel resets the connection.
    @Test func aResetLeavesWhatWasSentUnknown() async throws {
        try await onThread {
            let bench = try Bench()
            try bench.start()
            let rig = try Rig(bench, agents: 4)
            _ = try rig.publish(4)
            try bench.node.pause()
            let done = try rig.publish(4) { try bench.node.kill() }
            #expect(done.allSatisfy { $0.completion.outcome == .unknown })
            #expect(done.allSatisfy { rig.publisher.reason($0.completion.reason) == "connection reset: ECONNRESET" })
        }
    }

    /// The server has read the requests and ends before it answers.
    @Test func anEndLeavesWhatWasSentUnknown() async throws {
        try await onThread {
            let bench = try Bench()
            try bench.start()
            let rig = try Rig(bench, agents: 4)
            _ = try rig.publish(4)
            let control = try bench.connect()
            #expect(try control.call(["CLIENT", "PAUSE", "60000", "WRITE"], within: 5).text == "OK")
            let done = try rig.publish(4) {
                let blocked = try bench.patience.wait(upTo: 10) {
                    (try? control.call(["INFO", "clients"], within: 5))?.info("blocked_clients") == "1"
                }
                #expect(blocked)
                try bench.node.kill()
            }
            #expect(done.allSatisfy { $0.completion.outcome == .unknown })
            #expect(done.allSatisfy { rig.publisher.reason($0.completion.reason) == "connection closed" })
        }
    }

    @Test func whatWasGivenUpAfterSendingIsUnknown() async throws {
        try await onThread {
            let bench = try Bench()
            try bench.start()
            let rig = try Rig(bench, agents: 2)
            _ = try rig.publish(2)
            try bench.node.pause()
            let done = try rig.publish(2) { rig.move(to: ["127.0.0.1:1"]) }
            #expect(done.allSatisfy { $0.completion.outcome == .unknown })
            try bench.node.resume()
            rig.move(to: ["\(try bench.node.address):6379"])
            try rig.settle { rig.publisher.isConnected }
            #expect(try rig.publish(2).allSatisfy { $0.completion.outcome == .acked })
        }
    }

    @Test func requestsOfWhichNothingLeftHaveFailed() async throws {
        try await onThread {
            let bench = try Bench()
            try bench.start()
            // More than the sockets of both sides take while the server reads nothing.
            let rig = try Rig(bench, agents: 1, timeout: 500_000_000, payload: 500_000, inFlight: 40)
            _ = try rig.publish(1)
            try bench.node.pause()
            let done = try rig.publish(40)
            let outcomes = done.map(\.completion.outcome)
            let failed = outcomes.count { $0 == .failed }
            #expect(failed > 0 && failed < 40 && !outcomes.contains(.acked))
            #expect(outcomes.prefix(40 - failed).allSatisfy { $0 == .unknown }, "the first ones had left")
            try bench.node.resume()
            _ = try rig.publish(1)
            let seqs = Set(try rig.entries(bench).values.map(\.seq))
            for item in done where item.completion.outcome == .failed {
                #expect(!seqs.contains(item.attempt.event.seq), "\(item.attempt.event.seq) had left after all")
            }
        }
    }

    @Test func aStopForSomeIsARefusalForEach() async throws {
        try await onThread {
            let bench = try Bench()
            try bench.start()
            let rig = try Rig(bench, agents: 1, inFlight: 8)
            #expect(try bench.system.command(try bench.node, ["CONFIG", "SET", "min-replicas-to-write", "1"]) == "OK")
            let refused = try rig.publish(8)
            #expect(refused.allSatisfy { $0.completion.outcome == .failed })
            #expect(rig.publisher.reason(refused[0].completion.reason).hasPrefix("NOREPLICAS "))
            #expect(try bench.system.command(try bench.node, ["CONFIG", "SET", "min-replicas-to-write", "0"]) == "OK")
            let taken = try rig.publish(8)
            #expect(taken.allSatisfy { $0.completion.outcome == .acked })
            #expect(try rig.entries(bench).count == 8)
        }
    }

    @Test func waitWithoutReplicasConfirmsNothing() async throws {
        try await onThread {
            let bench = try Bench()
            try bench.start()
            let rig = try Rig(bench, agents: 3, ack: "wait 1 50")
            let done = try rig.publish(6)
            #expect(done.allSatisfy { $0.completion.outcome == .unknown })
            #expect(rig.publisher.reason(done[0].completion.reason) == "WAIT: 0 of 1 replicas")
            #expect(
                try Rig(bench, agents: 3, ack: "wait 0 50").publish(6).allSatisfy { $0.completion.outcome == .acked })
        }
    }

    /// A peer that answers with what no server says: what follows cannot be matched to anything.
    @Test(arguments: ["hello\r\n", "+OK\r\n", "$3\r\n1-1\r\n$3\r\n1-2\r\n$3\r\n1-3\r\n"])
    func nonsenseLeavesTheRestUnknown(text: String) async throws {
        try await onThread {
            let peer = try FakePeer()
            let rig = try Rig(address: peer.address, agents: 2)
            let done = try rig.publish(2) {
                try peer.accept()
                try peer.read()
                try peer.say(text)
            }
            let acked = text.hasPrefix("$") ? 2 : 0
            #expect(done.count { $0.completion.outcome == .acked } == acked)
            #expect(done.count { $0.completion.outcome == .unknown } == 2 - acked)
            try rig.settle { !rig.publisher.isConnected }
        }
    }

    @Test func addressesBeyondTheLabAreRefused() throws {
        for address in ["10.0.0.1:6379", "192.0.2.1:6379", "localhost:6379", "198.20.0.1:6379"] {
            #expect(throws: WorkerError.self) { try Rig(address: address, agents: 1) }
        }
    }
}

/// A publisher, driven by hand as a producer's loop drives it.
final class Rig {
    struct Item {
        var attempt: Attempt
        var crc: UInt32
        var completion: Completion
    }

    static let run = "publisher-test"
    static let stream = "holdfast:test"

    let publisher: any Publisher
    private let poller: Poller
    private var engine: ProducerEngine
    private var completions: [Completion] = []
    private var events: [PollEvent] = []

    convenience init(
        _ bench: Bench, agents: Int, ack: String = "reply", timeout: Int64 = 5_000_000_000, payload: Int = 50,
        inFlight: Int = 1
    ) throws {
        try self.init(
            address: "\(try bench.node.address):6379", agents: agents, ack: ack, timeout: timeout, payload: payload,
            inFlight: inFlight)
        try settle { publisher.isConnected }
    }

    convenience init(
        address: String, agents: Int, ack: String = "reply", timeout: Int64 = 5_000_000_000, payload: Int = 50,
        inFlight: Int = 1, clients: String = "follow", maxlen: String? = nil
    ) throws {
        var settings = ["clients": clients]
        settings["maxlen"] = maxlen
        try self.init(
            ClientOrders(
                client: "redis", addresses: [address], streams: [Self.stream], ack: ack, settings: settings),
            agents: agents, timeout: timeout, payload: payload, inFlight: inFlight)
    }

    /// As the orders of a system say.
    init(
        _ client: ClientOrders, agents: Int, timeout: Int64 = 5_000_000_000, payload: Int = 50, inFlight: Int = 1
    ) throws {
        let workload = WorkloadSettings(agents: agents, rate: 1e9, payload: payload...payload, producers: 1)
        let orders = ProducerOrders(
            worker: "rig", run: Self.run, seed: 1, agents: workload.agents(ofProducer: 0), workload: workload,
            client: client, retries: .none, inFlight: inFlight, epoch: 0, loadStart: 0, historyPath: "",
            schedulePath: "",
            timeout: timeout)
        if let watch = try ClusterWatch(client) {
            publisher = try ClusterPublisher(orders, watch: watch)
        } else {
            publisher = try RedisPublisher(orders)
        }
        poller = try Poller()
        engine = ProducerEngine(orders)
        publisher.open(poller, now: MonotonicClock.now())
    }

    func move(to addresses: [String]) {
        publisher.use(addresses: addresses, poller, now: MonotonicClock.now(), into: &completions)
    }

    private func turn() throws {
        let left = max(0, min(publisher.nextDeadline, MonotonicClock.now() + 20_000_000) - MonotonicClock.now())
        try poller.wait(timeoutNanoseconds: left, into: &events)
        let now = MonotonicClock.now()
        for event in events { publisher.ready(event, poller, now: now, into: &completions) }
        if publisher.nextDeadline <= now { publisher.expire(poller, now: now, into: &completions) }
    }

    func settle(_ condition: () -> Bool) throws {
        let deadline = MonotonicClock.now() + 20_000_000_000
        while !condition() {
            guard MonotonicClock.now() < deadline else { throw SystemError(.deadline, "the publisher did not settle") }
            try turn()
        }
    }

    /// Begins so many events, sends them, does what the test wants meanwhile, and waits until all have completed.
    func publish(_ count: Int, _ meanwhile: () throws -> Void = {}) throws -> [Item] {
        var (flying, done, begun): ([Int32: (Attempt, UInt32)], [Item], Int) = ([:], [], 0)
        let deadline = MonotonicClock.now() + 20_000_000_000
        var first = true
        while done.count < count {
            guard MonotonicClock.now() < deadline else {
                throw SystemError(.deadline, "\(done.count) of \(count) done")
            }
            let now = MonotonicClock.now()
            while begun < count, let attempt = engine.begin(now) {
                begun += 1
                flying[attempt.slot] = (attempt, publisher.prepare(attempt, now: now))
            }
            publisher.send(poller, now: now, into: &completions)
            if first && publisher.isConnected { try meanwhile() } else if first { try connectFirst(meanwhile) }
            first = false
            try turn()
            for completion in completions {
                engine.complete(completion.slot, completion.outcome, again: completion.again, now: now)
                let known = flying.removeValue(forKey: completion.slot)
                let (attempt, crc) = try #require(known, "an attempt completed twice")
                done.append(Item(attempt: attempt, crc: crc, completion: completion))
            }
            completions.removeAll()
        }
        return done
    }

    private func connectFirst(_ meanwhile: () throws -> Void) throws {
        try settle { publisher.isConnected || !completions.isEmpty }
        try meanwhile()
    }

    /// What the stream holds, by position, as events.
    func entries(_ bench: Bench) throws -> [Position: DecodedEvent] { try Self.entries(bench, Self.stream) }

    static func entries(_ bench: Bench, _ stream: String) throws -> [Position: DecodedEvent] {
        var found: [Position: DecodedEvent] = [:]
        let control = try bench.connect()
        guard case .array(let entries) = try control.call(["XRANGE", stream, "-", "+"], within: 20) else {
            return [:]
        }
        for case .array(let parts) in entries {
            guard parts.count == 2, case .bytes(let id) = parts[0], case .array(let fields) = parts[1],
                fields.count == 2, case .bytes(let value) = fields[1]
            else { continue }
            let position = try #require(id.withUnsafeBytes { EntryID.parse($0, 0..<$0.count) })
            let event: DecodedEvent = try #require(EventCodec.decode(value), "an entry that cannot be read")
            found[position] = event
        }
        return found
    }
}

/// The other end of a connection, under the test's control.
final class FakePeer {
    private let listener: Int32
    private var connection: Int32 = -1
    let address: String

    init() throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.listener = listener
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, length) == 0 && listen(listener, 4) == 0
                    && getsockname(listener, address, &length) == 0
            }
        }
        try #require(bound)
        address = "127.0.0.1:\(UInt16(bigEndian: name.sin_port))"
    }

    deinit {
        close(listener)
        if connection >= 0 { close(connection) }
    }

    func accept() throws {
        try #require(try Sockets.waitReadable(listener, upTo: .seconds(10)))
        connection = Glibc.accept(listener, nil, nil)
    }

    func read() throws {
        try #require(try Sockets.waitReadable(connection, upTo: .seconds(10)))
        var bytes = [UInt8](repeating: 0, count: 65_536)
        try #require(recv(connection, &bytes, bytes.count, 0) > 0)
    }

    func say(_ text: String) throws { try Files.writeAll(Array(text.utf8), to: connection, what: "an answer") }
}
