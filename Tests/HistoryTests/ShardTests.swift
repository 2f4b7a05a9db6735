import Foundation
import Testing

@testable import History

/// A shard with every type of record and a name that takes three definitions.
private func writeShard(_ path: String, worker: String = "w1") throws {
    var writer = try ShardWriter(path: path, worker: worker)
    let run = writer.name("r")
    let stream = writer.stream("s", form: .entry)
    let kind = writer.name("tool-call")
    let consumer = writer.name("c")
    let group = writer.group("g")
    let long = writer.name(String(repeating: "é", count: 45))
    writer.append(.attempt(t: 1, agent: 0, seq: 0, number: 1, kind: kind, intended: -1, crc: 7, poison: true))
    writer.append(.outcome(.acked, t: 2, agent: 0, seq: 0, number: 1, stream: stream, position: Position(5, 1)))
    writer.append(.attempt(t: 3, agent: 0, seq: 1, number: 1, kind: kind, intended: 3, crc: 8, transaction: long))
    try writer.flush()
    let error = writer.name("OOM")
    writer.append(.outcome(.failed, t: 4, agent: 0, seq: 1, number: 1, error: error))
    writer.append(.transaction(t: 5, id: long, state: .aborted, begun: nil))
    writer.append(.replay(pass: 1, stream: stream, position: Position(5, 1), run: run, agent: 0, seq: 0, crc: 7))
    writer.append(.replayEnd(pass: 1, stream: stream))
    writer.append(
        .delivery(
            t: 6, group: group, consumer: consumer, stream: stream, position: Position(5, 1), run: 0, agent: 0, seq: 0,
            crc: 7, flags: Record.Flags.noRun))
    writer.append(.progress(.ack, t: 7, group: group, consumer: consumer, stream: stream, position: Position(5, 1)))
    writer.append(.progress(.commit, t: 8, group: group, stream: stream, position: Position(5, 2)))
    writer.append(
        .progress(.processed, t: 9, group: group, consumer: consumer, stream: stream, position: Position(5, 1)))
    writer.append(.gap(t: 10, worker: consumer, reason: error))
    try writer.close()
}

private func makeDirectory() throws -> Folder {
    let folder = try Folder()
    var start = History.Header()
    (start.run, start.system, start.configuration, start.retries) = (Name("r"), "redis-standalone", "c", "none")
    let log = try ControlLog(path: folder.path + "/control.jsonl", header: start)
    try log.end(t: 99)
    return folder
}

private func records(_ history: History) -> [Record] { history.chunks.flatMap { Array($0.records) } }

private func gaps(_ history: History) -> [String] {
    history.chunks.flatMap { chunk in
        chunk.records.filter { $0.type == .gap }
            .map { history.names[Int(chunk.names?[Int($0.second)] ?? $0.second)].text }
    }
}

@Suite struct ShardTests {
    @Test func theBytesOfAShardAreThoseOfTheFormat() throws {
        let folder = try Folder()
        let path = folder.path + "/a.shard"
        var writer = try ShardWriter(path: path, worker: "w1")
        let stream = writer.stream("s", form: .offset)
        #expect(stream == 1)
        #expect(writer.name("s") == 1)
        writer.append(
            .outcome(.acked, t: 0x0102, agent: 3, seq: 4, number: 5, stream: stream, position: Position(6), log: 1))
        try writer.close()
        let golden =
            "48465348415244 0a 02000000 40000000 02000000 921cab64 7731" + String(repeating: "00", count: 38)
            // s is name 1
            + "50ddc82a 01 00 0000 73" + String(repeating: "00", count: 39) + "01000000 01000000 00000000 00000000"
            // its positions are offsets
            + "fcb73fb5 01 02 0000" + String(repeating: "00", count: 40) + "01000000 00000000 00000000 00000000"
            + "7a22d40b 03 01 0100 0201000000000000 0300000000000000 0400000000000000 0600000000000000 0000000000000000"
            + "05000000 00000000 01000000 00000000"
        let found = try folder.bytes("a.shard").map { String(format: "%02x", $0) }.joined()
        #expect(found == golden.replacingOccurrences(of: " ", with: ""))
    }

    @Test func aDirectoryReadsAsItsExport() throws {
        let folder = try makeDirectory()
        try writeShard(folder.path + "/b.shard")
        try writeShard(folder.path + "/a.shard", worker: "w2")
        let history = try History.open(directory: folder.path)
        #expect(records(history).count == 24 && history.chunks.allSatisfy { !$0.records.isEmpty })
        let again = try read(try exported(history))
        #expect(content(again) == content(history))
        for chunk in history.chunks + again.chunks {
            for type in RecordType.allCases {
                #expect(chunk.counts[Int(type.rawValue)] == chunk.records.filter { $0.type == type }.count)
            }
        }
    }

    @Test func aTrialsDirectoryIsFoundByItsHistoryFolder() throws {
        let folder = try Folder()
        try FileManager.default.createDirectory(atPath: folder.path + "/history", withIntermediateDirectories: false)
        try folder.write("history/control.jsonl", Array((header + "\n").utf8))
        #expect(try History.read(folder.path).header.run == Name("r"))
        #expect(try History.read(folder.path + "/history").header.run == Name("r"))
        #expect(throws: InputError.self) { try History.read(NSTemporaryDirectory() + "/no/such/thing") }
        try FileManager.default.removeItem(atPath: folder.path + "/history/control.jsonl")
        let error = #expect(throws: InputError.self) { try History.read(folder.path) }
        #expect(error?.description.contains("no history/control.jsonl") == true)
    }

    @Test func aShardTornAtAnyByteIsReadUpToTheTear() throws {
        let folder = try makeDirectory()
        try writeShard(folder.path + "/a.shard")
        let bytes = try folder.bytes("a.shard")
        let whole = records(try History.open(directory: folder.path))
        #expect(whole.count == 12)
        // Where each of the twelve ends: definitions lie between them.
        let ends = stride(from: 64, to: bytes.count, by: 64).filter { bytes[$0 + 4] != RecordType.definition.rawValue }
            .map { $0 + 64 }
        for length in 0..<bytes.count {
            try folder.write("a.shard", Array(bytes.prefix(length)))
            let history = try History.open(directory: folder.path)
            let left = ends.prefix { $0 <= length }.count
            #expect(records(history).map(\.checksum) == whole.prefix(left).map(\.checksum), "torn at \(length)")
            #expect(gaps(history).filter { $0.contains("damaged") }.isEmpty, "torn at \(length)")
        }
    }

    @Test func aFlippedBitAnywhereIsDamageAndNeverSilent() throws {
        let folder = try makeDirectory()
        try writeShard(folder.path + "/a.shard")
        let bytes = try folder.bytes("a.shard")
        for place in bytes.indices {
            var damaged = bytes
            damaged[place] ^= UInt8(1 << (place % 8))
            try folder.write("a.shard", damaged)
            do throws(InputError) {
                let history = try History.open(directory: folder.path)
                let expected =
                    place < 64
                    ? "shard a.shard damaged in its header" : "shard a.shard damaged at record \(place / 64 - 1)"
                #expect(gaps(history).filter { $0.contains("damaged") } == [expected])
            } catch {
                #expect((8..<12).contains(place), "only another version is refused: \(error)")
                #expect(error.problem.contains("version"))
            }
        }
    }

    @Test func recordsThatNoWriterWroteAreDamage() throws {
        let odd: [(String, (inout ShardWriter) -> Void)] = [
            ("a name that is not defined", { $0.append(.replayEnd(pass: 1, stream: 9)) }),
            ("no stream", { $0.append(.replayEnd(pass: 1, stream: 0)) }),
            ("pass 0", { $0.append(.replayEnd(pass: 0, stream: 1)) }),
            ("a time before the start", { $0.append(.gap(t: -1, worker: 1, reason: 1)) }),
            (
                "a group that is not defined",
                { $0.append(.progress(.commit, t: 1, group: 0, stream: 1, position: Position(1))) }
            ),
            (
                "a log that is not there",
                { $0.append(.attempt(t: 1, agent: 0, seq: 0, number: 1, kind: 1, intended: 0, crc: 0, log: 0)) }
            ),
            ("try 0", { $0.append(.attempt(t: 1, agent: 0, seq: 0, number: 0, kind: 1, intended: 0, crc: 0)) }),
            (
                "a position in no stream",
                { $0.append(.outcome(.acked, t: 1, agent: 0, seq: 0, number: 1, position: Position(1))) }
            ),
            (
                "an unreadable seq of a readable entry",
                {
                    $0.append(
                        .replay(
                            pass: 1, stream: 1, position: Position(1), run: 1, agent: 0, seq: 0, crc: 0,
                            flags: Record.Flags.noSeq))
                }
            ),
            (
                "an offset with two halves",
                {
                    let stream = $0.stream("offsets", form: .offset)
                    $0.append(
                        .outcome(.acked, t: 1, agent: 0, seq: 0, number: 1, stream: stream, position: Position(1, 1)))
                }
            ),
            (
                "an unknown type",
                {
                    var r = Record()
                    r.rawType = 14
                    $0.append(r)
                }
            ),
            (
                "a result that is none",
                {
                    var r = Record.outcome(.acked, t: 1, agent: 0, seq: 0, number: 1)
                    r.word |= 3
                    $0.append(r)
                }
            ),
        ]
        for (what, append) in odd {
            let folder = try makeDirectory()
            var writer = try ShardWriter(path: folder.path + "/a.shard", worker: "w")
            let stream = writer.name("s")
            writer.append(.replayEnd(pass: 1, stream: stream))
            append(&writer)
            writer.append(.replayEnd(pass: 2, stream: stream))
            try writer.close()
            let history = try History.open(directory: folder.path)
            #expect(records(history).filter { $0.type == .replayEnd }.count == 1, "\(what)")
            #expect(gaps(history).allSatisfy { $0.hasPrefix("shard a.shard damaged at record ") }, "\(what)")
            #expect(gaps(history).count == 1, "\(what)")
        }
    }

    @Test func longRunsStayMappedAndKeepTheirOrder() throws {
        let folder = try makeDirectory()
        var writer = try ShardWriter(path: folder.path + "/a.shard", worker: "w")
        let kind = writer.name("k")
        for seq in 0..<200_000 {
            let t = Int64(seq)
            // A definition now and then, near and far from the last.
            if seq % 70_001 == 5 || seq == 90_000 || seq == 90_010 { _ = writer.name("name \(seq)") }
            writer.append(.attempt(t: t, agent: 0, seq: t, number: 1, kind: kind, intended: t, crc: 1))
        }
        try writer.close()
        let history = try History.open(directory: folder.path)
        #expect(records(history).map(\.seq) == (0..<200_000).map { Int64($0) })
        #expect(history.chunks.allSatisfy { $0.records.count <= 65_536 })
        #expect(history.chunks.reduce(0) { $0 + $1.counts[Int(RecordType.attempt.rawValue)] } == 200_000)
    }

    @Test func theFormOfAStreamComesFromTheSystemIfNobodySaysIt() throws {
        let folder = try makeDirectory()
        var writer = try ShardWriter(path: folder.path + "/a.shard", worker: "w")
        let stream = writer.name("s")
        writer.append(.outcome(.acked, t: 1, agent: 0, seq: 0, number: 1, stream: stream, position: Position(1)))
        try writer.close()
        let history = try History.open(directory: folder.path)
        #expect(history.forms.count == 1 && history.forms.values.first == .entry)
        #expect(try exported(history).contains(#""position":"1-0""#))
    }

    @Test func aControlLogTornAtAnyByteIsReadUpToTheTear() throws {
        let folder = try Folder()
        try folder.write("control.jsonl", Array((header + "\n" + #"{"type":"end","t":5}"# + "\n").utf8))
        let bytes = try folder.bytes("control.jsonl")
        for length in 0...bytes.count {
            try folder.write("control.jsonl", Array(bytes.prefix(length)))
            if length < header.utf8.count {
                #expect(throws: InputError.self) { try History.open(directory: folder.path) }
            } else {
                #expect(try History.open(directory: folder.path).ends == (length >= bytes.count - 1 ? 1 : 0))
            }
        }
        // In the middle nothing is forgiven.
        try folder.write("control.jsonl", Array((header + "\n{\"type\":\n" + #"{"type":"end","t":5}"#).utf8))
        #expect(throws: InputError.self) { try History.open(directory: folder.path) }
    }
}
