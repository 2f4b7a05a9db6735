import Foundation
import History
import Labs
import Platform
import Testing
import Workers
import Workload

@testable import Systems

/// The replay against a real broker.
@Suite(.serialized, .enabled(if: kafkaIsThere, kafkaIsMissing), .timeLimit(.minutes(3)))
struct KafkaReplayClientTests {
    @Test func everyEntryIsFoundTwiceWhereTheBrokerSaidThatItStands() async throws {
        try await onThread {
            let broker = try KafkaClientBroker.shared()
            let streams = KafkaRig.streams("replayed")
            let rig = try KafkaRig([broker.address], streams: streams, agents: 6, inFlight: 50)
            let done = try rig.publish(3_000)
            let found = try KafkaReplayed(broker, streams)
            #expect(found.ends == Set([1, 2].flatMap { pass in streams.map { "\(pass) \($0)" } }))
            for pass in [Int64(1), 2] {
                let entries = found.entries.filter { $0.pass == pass }
                #expect(entries.count == 3_000)
                let crcs = Dictionary(uniqueKeysWithValues: entries.map { ("\($0.stream) \($0.offset)", $0.crc) })
                for item in done {
                    let position = try #require(item.completion.position)
                    let stream = streams[Int(item.attempt.event.agent) % 3]
                    #expect(crcs["\(stream) \(position.major)"] == item.crc)
                }
            }
            #expect(found.entries.allSatisfy { $0.run == KafkaRig.run && $0.agent != nil })
        }
    }

    @Test func whatIsNoEventOfThisRunIsToldApart() async throws {
        try await onThread {
            let broker = try KafkaClientBroker.shared()
            let streams = KafkaRig.streams("mixed", 1)
            let rig = try KafkaRig([broker.address], streams: streams, agents: 1)
            _ = try rig.publish(1)
            let event = PlannedEvent(agent: 7, seq: 3, intended: 0, payloadLength: 20, kind: .toolCall)
            var foreign = [UInt8](repeating: 0, count: EventCodec.length(of: event))
            _ = foreign.withUnsafeMutableBytes {
                EventCodec(run: "another", seed: 1, longest: 20).encode(event, intended: 0, into: $0)
            }
            try KafkaRaw.write([Array("nonsense".utf8), [], foreign], to: "mixed", at: broker.address)
            let entries = try KafkaReplayed(broker, streams).entries.filter { $0.pass == 2 }
            #expect(entries.map(\.agent) == [0, nil, nil, 7])
            #expect(entries.map(\.run) == [KafkaRig.run, nil, nil, "run-\(EventCodec.runHex("another"))"])
            #expect(entries.map(\.offset) == [0, 1, 2, 3])
        }
    }

    @Test func anEmptyTopicIsReadToItsEnd() async throws {
        try await onThread {
            let broker = try KafkaClientBroker.shared()
            let rig = try KafkaRig([broker.address], streams: KafkaRig.streams("sparse", 1), agents: 1)
            _ = try rig.publish(1)
            let found = try KafkaReplayed(broker, KafkaRig.streams("sparse"))
            #expect(found.ends.count == 6 && found.entries.count == 2)
        }
    }

    @Test func aTopicThatIsNotThereIsAnErrorAndNoEmptyLog() async throws {
        try await onThread {
            let broker = try KafkaClientBroker.shared()
            #expect(throws: SystemError.self) {
                try KafkaReplayed(broker, KafkaRig.streams("nowhere"), patience: ImpatientPatience())
            }
        }
    }
}

extension EventCodec {
    fileprivate static func runHex(_ run: String) -> String { String(runNumber(run), radix: 16) }
}

/// Does not wait at all.
private final class ImpatientPatience: Patience {
    func wait(upTo seconds: Double, until condition: () -> Bool) throws(SystemError) -> Bool { condition() }
}

/// What two passes of a replay found.
struct KafkaReplayed {
    struct Entry {
        var pass: Int64
        var stream: String
        var offset: UInt64
        var run: String?
        var agent: Int64?
        var seq: Int64
        var crc: UInt32
    }

    private(set) var entries: [Entry] = []
    /// `PASS STREAM`
    private(set) var ends: Set<String> = []

    init(
        _ broker: KafkaClientBroker, _ streams: [String], isolation: KafkaReplay.Isolation = .uncommitted,
        patience: any Patience = TestPatience()
    ) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "replay-\(UUID())").path
        try Files.makeFolders(folder)
        defer { try? Files.removeTree(folder) }
        do {
            var writer = try ShardWriter(path: folder + "/replay.shard", worker: "replay")
            var replay = try KafkaReplay(
                addresses: [broker.address], streams: streams, run: KafkaRig.run, isolation: isolation)
            for pass in 1...2 { try replay.read(pass: pass, into: &writer, patience: patience) }
            try writer.close()
        }
        try Files.write(Play.control, to: folder + "/control.jsonl")
        let history = try History.open(directory: folder)
        for chunk in history.chunks {
            func name(_ number: UInt32) -> String {
                history.names[chunk.names.map { Int($0[Int(number)]) } ?? Int(number)].text
            }
            for record in chunk.records {
                switch record.type {
                case .replay:
                    entries.append(
                        Entry(
                            pass: record.pass, stream: name(record.stream), offset: record.position.major,
                            run: record.has(Record.Flags.noRun) ? nil : name(record.run),
                            agent: record.has(Record.Flags.noAgent) ? nil : record.agent, seq: record.seq,
                            crc: record.crc))
                case .replayEnd: ends.insert("\(record.pass) \(name(record.stream))")
                default: break
                }
            }
        }
    }
}

enum KafkaRaw {
    /// Writes values as they are, to partition 0, and waits for their acknowledgements.
    static func write(_ values: [[UInt8]], to topic: String, at address: String) throws {
        let producer = try KafkaProducer(
            properties: ["bootstrap.servers": address, "linger.ms": "0"], topic: topic, log: { _ in })
        var acked = 0
        for value in values {
            let before = acked
            value.withUnsafeBytes { _ = producer.produce($0, partition: 0, tag: 1) }
            let deadline = MonotonicClock.now() + 20_000_000_000
            while acked == before, MonotonicClock.now() < deadline {
                _ = try Sockets.waitReadable(producer.descriptor, upTo: .milliseconds(100))
                _ = producer.reports(limit: 10) { _ in acked += 1 }
            }
        }
        try #require(acked == values.count)
    }
}
