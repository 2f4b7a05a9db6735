import Foundation
import History
import Labs
import Platform
import Testing
import Workload

@testable import Systems

/// An entry as a replay recorded it, in words.
private struct Entry: Hashable {
    var pass: Int64
    var stream: String
    var position: Position
    /// Nil if it could not be read.
    var event: Event?

    struct Event: Hashable {
        var run: String
        var agent: Int64
        var seq: Int64
        var crc: UInt32
    }
}

private struct Replayed {
    var entries: [Entry] = []
    /// `pass stream`, for each end.
    var ends: [String] = []
}

@Suite(.serialized, .timeLimit(.minutes(2)), withRedis)
struct RedisReplayTests {
    private static let codec = EventCodec(run: Bench.run, seed: 1, longest: 4096)

    private static func value(
        agent: Int64 = 0, seq: Int64, length: Int32 = 20, codec: EventCodec = codec
    ) -> (bytes: [UInt8], crc: UInt32) {
        let event = PlannedEvent(agent: agent, seq: seq, intended: 0, payloadLength: length, kind: .toolCall)
        var bytes = [UInt8](repeating: 0, count: EventCodec.length(of: event))
        let crc = bytes.withUnsafeMutableBytes { codec.encode(event, intended: 7, into: $0) }
        return (bytes, crc)
    }

    /// Replays what the bench's server has into a trial's directory, and opens it as `check` would.
    private func replay(_ bench: Bench, passes: Int) throws -> Replayed {
        let folder = "\(bench.lab.folder)/trial-\(UUID().uuidString.prefix(8))/history"
        try Files.makeFolders(folder)
        var header = History.Header()
        header.run = Name(Bench.run)
        try ControlLog(path: "\(folder)/control.jsonl", header: header).end(t: 1)
        var writer = try ShardWriter(path: "\(folder)/replay.shard", worker: "replay")
        try bench.system.replay(passes: passes, into: &writer, patience: bench.patience)
        try writer.close()
        let history = try History.open(directory: folder)
        var replayed = Replayed()
        for chunk in history.chunks {
            func name(_ number: UInt32) -> String {
                history.names[Int(chunk.names.map { $0[Int(number)] } ?? number)].text
            }
            for record in chunk.records {
                switch record.type {
                case .replay:
                    let event = Entry.Event(
                        run: name(record.run), agent: record.agent, seq: record.seq, crc: record.crc)
                    let readable = !record.has(Record.Flags.noAgent)
                    for flag in [Record.Flags.noSeq, Record.Flags.noCRC, Record.Flags.noRun] {
                        #expect(record.has(flag) == !readable)
                    }
                    replayed.entries.append(
                        Entry(
                            pass: record.pass, stream: name(record.stream), position: record.position,
                            event: readable ? event : nil))
                case .replayEnd: replayed.ends.append("\(record.pass) \(name(record.stream))")
                default: Issue.record("a replay has only replays")
                }
            }
        }
        return replayed
    }

    private func position(_ id: String) throws -> Position {
        try #require(Array(id.utf8).withUnsafeBytes { RedisReplay.position($0) })
    }

    @Test func whatWasAddedIsReadBackTwice() async throws {
        try await onThread {
            let bench = try Bench(streams: .number(2))
            try bench.start()
            let streams = bench.system.streams
            var expected: [[Entry]] = [[], []]
            for (index, stream) in streams.enumerated() {
                let values = (0..<40).map { Self.value(agent: Int64(index), seq: $0) }
                let ids = try bench.add(values.map(\.bytes), to: stream)
                for (seq, (value, id)) in zip(values, ids).enumerated() {
                    let event = Entry.Event(run: Bench.run, agent: Int64(index), seq: Int64(seq), crc: value.crc)
                    expected[index].append(
                        Entry(pass: 0, stream: stream, position: try position(id), event: event))
                }
            }
            let replayed = try replay(bench, passes: 2)
            for pass in 1...2 {
                for (index, stream) in streams.enumerated() {
                    let found = replayed.entries.filter { $0.pass == pass && $0.stream == stream }
                    let wanted = expected[index].map {
                        Entry(pass: Int64(pass), stream: $0.stream, position: $0.position, event: $0.event)
                    }
                    #expect(found == wanted)
                }
            }
            #expect(replayed.entries.count == 160)
            #expect(Set(replayed.ends) == Set(streams.flatMap { ["1 \($0)", "2 \($0)"] }))
            #expect(replayed.ends.count == 4)
        }
    }

    @Test func entriesOfOthersAndUnreadableOnesAreRecordedAsSuch() async throws {
        try await onThread {
            let bench = try Bench()
            try bench.start()
            let stream = bench.system.streams[0]
            let foreign = Self.value(seq: 3, codec: EventCodec(run: "another-run", seed: 1, longest: 64))
            var damaged = Self.value(seq: 4).bytes
            damaged[damaged.count - 1] ^= 1
            var beheaded = Self.value(seq: 5).bytes
            beheaded[20] ^= 1
            _ = try bench.add([foreign.bytes, damaged, beheaded, Array("not an event".utf8), []], to: stream)
            _ = try bench.add([Self.value(seq: 6).bytes], to: stream, field: "f")
            _ = try bench.system.command(try bench.node, ["XADD", stream, "*", "e", "x", "g", "y"])
            let entries = try replay(bench, passes: 1).entries
            #expect(entries.count == 7)
            let another = "run-" + String(EventCodec.runNumber("another-run"), radix: 16)
            #expect(entries[0].event == Entry.Event(run: another, agent: 0, seq: 3, crc: foreign.crc))
            #expect(entries[1].event?.seq == 4)
            #expect(entries[1].event?.crc != Self.value(seq: 4).crc)
            #expect(entries[1].event?.run == Bench.run)
            #expect(entries[2...].allSatisfy { $0.event == nil })
        }
    }

    @Test func streamThatIsNotThereIsOneWithoutEntries() async throws {
        try await onThread {
            let bench = try Bench(streams: .agent, agents: 20)
            try bench.start()
            _ = try bench.add([Self.value(seq: 0).bytes], to: bench.system.streams[13])
            let replayed = try replay(bench, passes: 2)
            #expect(replayed.entries.count == 2)
            #expect(replayed.ends.count == 40)
            #expect(Set(replayed.ends).count == 40)
        }
    }

    @Test(arguments: [1, 999, 1000, 1001, 2000, 2001])
    func pagesJoinWithoutGapOrOverlap(_ count: Int) async throws {
        try await onThread {
            let bench = try Bench()
            try bench.start()
            let stream = bench.system.streams[0]
            let ids = try bench.add((0..<Int64(count)).map { Self.value(seq: $0).bytes }, to: stream)
            let replayed = try replay(bench, passes: 1)
            #expect(replayed.entries.map(\.position) == (try ids.map { try position($0) }))
            #expect(replayed.entries.map { $0.event?.seq } == (0..<Int64(count)).map { $0 })
            #expect(replayed.ends == ["1 \(stream)"])
        }
    }

    @Test func keyThatIsNoStreamEndsTheReplay() async throws {
        try await onThread {
            let bench = try Bench()
            try bench.start()
            _ = try bench.system.command(try bench.node, ["SET", bench.system.streams[0], "x"])
            let error = #expect(throws: SystemError.self) { _ = try replay(bench, passes: 1) }
            #expect(error?.code == .refused)
            #expect(error?.message.contains("WRONGTYPE") == true)
        }
    }

    @Test func replayEndsWhenTheRunIsToEnd() async throws {
        final class Interrupted: Patience {
            func wait(upTo seconds: Double, until condition: () -> Bool) throws(SystemError) -> Bool {
                throw SystemError(.interrupted, "enough")
            }
        }
        try await onThread {
            let bench = try Bench()
            try bench.start()
            var writer = try ShardWriter(path: "\(bench.lab.folder)/cut.shard", worker: "replay")
            do {
                try bench.system.replay(passes: 1, into: &writer, patience: Interrupted())
                Issue.record("went on")
            } catch {
                #expect((error as? SystemError)?.code == .interrupted)
            }
        }
    }

    @Test func positionsAreTwoNumbersOf64Bits() {
        func read(_ text: String) -> Position? { Array(text.utf8).withUnsafeBytes { RedisReplay.position($0) } }
        #expect(read("1526919030474-55") == Position(1_526_919_030_474, 55))
        #expect(read("18446744073709551615-18446744073709551615") == Position(.max, .max))
        for text in ["", "-", "1", "1-", "-1", "1-18446744073709551616", "1-a", "1-1-1"] { #expect(read(text) == nil) }
    }
}
