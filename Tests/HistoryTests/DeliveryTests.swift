import Foundation
import Testing

@testable import History

/// Says the same thing to a shard with pairs and spans and to one without.
private struct Twice: ~Copyable {
    var short: ShardWriter
    var plain: ShardWriter
    /// What each delivery was, by number.
    private(set) var deliveries: [Record] = []
    let streams: [UInt32]
    let consumer: UInt32
    let other: UInt32
    let group: UInt16
    let group2: UInt16

    init(_ folder: Folder) throws {
        var short = try ShardWriter(path: folder.path + "/a.shard", worker: "w")
        var plain = try ShardWriter(path: folder.path + "/b.shard", worker: "w")
        var (streams, numbers, groups): ([UInt32], [UInt32], [UInt16]) = ([], [], [])
        for text in ["k", "r"] {
            let form: Position.Form = text == "k" ? .offset : .entry
            streams.append(short.stream(text, form: form))
            _ = plain.stream(text, form: form)
        }
        for text in ["c", "another run"] {
            numbers.append(short.name(text))
            _ = plain.name(text)
        }
        for text in ["g", "h"] {
            groups.append(short.group(text))
            _ = plain.group(text)
        }
        self.streams = streams
        (consumer, other, group, group2) = (numbers[0], numbers[1], groups[0], groups[1])
        self.short = short
        self.plain = plain
    }

    mutating func deliver(
        t: Int64 = 1, group: UInt16? = nil, consumer: UInt32? = nil, stream: Int = 0, _ position: Position,
        run: UInt32 = 0, agent: Int64 = 1, seq: Int64 = 2, crc: UInt32 = 3, flags: UInt8 = 0
    ) {
        let number = short.deliver(
            t: t, group: group ?? self.group, consumer: consumer ?? self.consumer, stream: streams[stream],
            position: position, run: run, agent: agent, seq: seq, crc: crc, flags: flags)
        #expect(number == deliveries.count)
        deliveries.append(
            .delivery(
                t: t, group: group ?? self.group, consumer: consumer ?? self.consumer, stream: streams[stream],
                position: position, run: run, agent: agent, seq: seq, crc: crc,
                flags: run == 0 ? flags | Record.Flags.noRun : flags))
        plain.append(deliveries[deliveries.count - 1])
    }

    mutating func progress(_ type: RecordType, t: Int64 = 9, _ range: Range<Int64>) {
        let first = range.isEmpty ? deliveries[0] : deliveries[Int(range.lowerBound)]
        short.progress(type, t: t, group: first.group, consumer: first.consumer, deliveries: range)
        for number in range {
            let delivery = deliveries[Int(number)]
            plain.append(
                .progress(
                    type, t: t, group: delivery.group, consumer: first.consumer, stream: delivery.stream,
                    position: delivery.position))
        }
    }

    mutating func append(_ record: Record) {
        short.append(record)
        plain.append(record)
        if record.type == .delivery { deliveries.append(record) }
    }

    mutating func close() throws {
        try short.close()
        try plain.close()
    }
}

private func lines(_ folder: Folder, _ shard: String) throws -> [String] {
    let history = try History.open(shards: ["\(folder.path)/\(shard)"])
    return history.chunks.flatMap { chunk in chunk.records.map { described($0, chunk, history) } }
}

/// Two pairs, a plain delivery, and spans of some of them.
private func writeSpans(_ folder: Folder) throws {
    var twice = try Twice(folder)
    for step in 0..<5 { twice.deliver(Position(UInt64(10 + step)), seq: Int64(step)) }
    twice.progress(.processed, 0..<5)
    twice.progress(.ack, 1..<4)
    try twice.close()
}

@Suite struct DeliveryTests {
    @Test func pairsAndSpansSayWhatPlainRecordsSay() throws {
        let folder = try Folder()
        var twice = try Twice(folder)
        let most = Position(UInt64(Int64.max))
        // Pairs: of offsets, of entries in one millisecond and in two, at one position, at the ends of every range.
        twice.deliver(Position(1), agent: 0, seq: 0, crc: 0)
        twice.deliver(Position(65_536), agent: 65_535, seq: 4_294_967_295, crc: .max)
        twice.deliver(stream: 1, Position(5, 7))
        twice.deliver(stream: 1, Position(5, 65_542))
        twice.deliver(stream: 1, Position(.max - 1, .max))
        twice.deliver(stream: 1, Position(.max, 65_535))
        twice.deliver(stream: 1, Position(.max, .max))
        twice.deliver(stream: 1, Position(.max, .max))
        twice.deliver(Position(most.major - 1))
        twice.deliver(most)
        // None: each is one step beyond.
        twice.deliver(Position(1))
        twice.deliver(Position(65_537))
        twice.deliver(Position(3))
        twice.deliver(stream: 1, Position(5, 7))
        twice.deliver(stream: 1, Position(5, 65_543))
        twice.deliver(stream: 1, Position(6, 65_536))
        twice.deliver(stream: 1, Position(6, 2))
        twice.deliver(stream: 0, Position(8))
        twice.deliver(t: 2, Position(9))
        twice.deliver(t: 2, group: twice.group2, Position(10))
        twice.deliver(t: 2, group: twice.group2, consumer: twice.other, Position(11))
        twice.deliver(Position(12), agent: 65_536)
        twice.deliver(Position(13), seq: 4_294_967_296)
        twice.deliver(Position(14), run: twice.other)
        twice.deliver(Position(15), flags: Record.Flags.noCRC | Record.Flags.noSeq | Record.Flags.noAgent)
        // Held back by nothing that comes between, and counted although they came in plain.
        twice.deliver(Position(20))
        twice.append(.replayEnd(pass: 1, stream: twice.streams[0]))
        twice.deliver(Position(21))
        try twice.short.flush()
        twice.append(
            .delivery(
                t: 3, group: twice.group, consumer: twice.consumer, stream: twice.streams[0], position: Position(22),
                run: twice.other, agent: 0, seq: 0, crc: 1))
        twice.deliver(Position(23))
        let count = Int64(twice.deliveries.count)
        twice.progress(.processed, 0..<19)
        twice.progress(.processed, t: 10, 19..<20)
        twice.progress(.ack, 3..<3)
        twice.progress(.ack, t: 11, 20..<21)
        twice.progress(.ack, t: 12, 21..<count)
        twice.append(
            .progress(.commit, t: 13, group: twice.group, stream: twice.streams[0], position: Position(24)))
        try twice.close()
        #expect(try lines(folder, "a.shard") == lines(folder, "b.shard"))
        #expect(try lines(folder, "a.shard").count == 2 * Int(count) + 2)
        // Five pairs, and four spans in place of all that they say.
        let (short, plain) = (try folder.bytes("a.shard").count, try folder.bytes("b.shard").count)
        #expect((plain - short) / 64 == 5 + Int(count) - 4)
    }

    @Test func batchesOfSixteenCostNoMoreThanARecordADelivery() throws {
        let folder = try Folder()
        var twice = try Twice(folder)
        // The header, and what the names mean.
        let before = 64 * 9
        for batch in 0..<100 {
            let first = Int64(batch * 16)
            for step in 0..<16 {
                twice.deliver(t: first, stream: 1, Position(1_700_000_000_000 + UInt64(batch), UInt64(step)))
            }
            twice.progress(.processed, t: first + 1, first..<first + 16)
            try twice.short.flush()
            twice.progress(.ack, t: first + 2, first..<first + 16)
        }
        try twice.close()
        #expect(try lines(folder, "a.shard") == lines(folder, "b.shard"))
        #expect(try folder.bytes("a.shard").count - before == 40 * 1600)
    }

    @Test func whatWasFlushedIsInTheFile() throws {
        let folder = try Folder()
        var writer = try ShardWriter(path: folder.path + "/a.shard", worker: "w")
        let (stream, consumer, group) = (writer.stream("s", form: .offset), writer.name("c"), writer.group("g"))
        for position: UInt64 in 1...3 {
            _ = writer.deliver(
                t: 1, group: group, consumer: consumer, stream: stream, position: Position(position), agent: 0, seq: 0,
                crc: 0)
            try writer.flush()
            #expect(try lines(folder, "a.shard").count == Int(position))
        }
    }

    @Test func aShardOfPairsTornAtAnyByteIsReadUpToTheTear() throws {
        let folder = try Folder()
        try writeSpans(folder)
        let (bytes, whole) = (try folder.bytes("a.shard"), try lines(folder, "a.shard"))
        #expect(whole.count == 13)
        let left = [0, 2, 4, 5, 10, 13]
        for length in stride(from: bytes.count - 5 * 64, through: bytes.count, by: 1) {
            try folder.write("a.shard", Array(bytes.prefix(length)))
            #expect(try lines(folder, "a.shard") == Array(whole.prefix(left[5 - (bytes.count - length + 63) / 64])))
        }
    }

    @Test func aFlippedBitInAPairOrASpanIsDamage() throws {
        let folder = try Folder()
        try writeSpans(folder)
        let bytes = try folder.bytes("a.shard")
        for place in bytes.count - 5 * 64..<bytes.count {
            var damaged = bytes
            damaged[place] ^= UInt8(1 << (place % 8))
            try folder.write("a.shard", damaged)
            let history = try History.open(shards: [folder.path + "/a.shard"])
            let gaps = history.names.filter { $0.text.contains("damaged at record \(place / 64 - 1)") }
            #expect(gaps.count == 1, "byte \(place)")
        }
    }

    @Test func pairsAndSpansThatNoWriterWroteAreDamage() throws {
        let folder = try Folder()
        try writeSpans(folder)
        let bytes = try folder.bytes("a.shard")
        let start = bytes.count - 5 * 64
        // Each breaks the record, of the last five, that is the first to say what is not so.
        let odd: [(what: String, record: Int, edit: (inout [UInt8], Int) -> Void)] = [
            ("a group that is not defined", 0, { $0[$1 + 6] = 2 }),
            ("a time before the start", 0, { $0[$1 + 15] = 0x80 }),
            ("a stream that is not defined", 0, { $0[$1 + 16] = 9 }),
            ("no consumer", 1, { $0[$1 + 20] = 0 }),
            ("an offset with two halves", 1, { $0[$1 + 32] = 1 }),
            ("a second offset with two halves", 1, { $0[$1 + 62] = 1 }),
            ("a second position beyond the last", 1, { for byte in 24..<32 { $0[$1 + byte] = 0xFF } }),
            ("a span of another group's", 3, { $0[$1 + 6] = 1 }),
            ("a span of nobody's", 3, { $0[$1 + 60] = 0 }),
            ("a span of commits", 3, { $0[$1 + 5] = 9 }),
            ("a span of one too many", 3, { $0[$1 + 24] = 6 }),
            ("a span that starts too late", 4, { $0[$1 + 16] = 5 }),
            ("a span of nothing", 4, { $0[$1 + 24] = 0 }),
            ("a span without an end", 4, { for byte in 24..<32 { $0[$1 + byte] = 0xFF } }),
        ]
        for (what, record, edit) in odd {
            var changed = bytes
            edit(&changed, start + 64 * record)
            sealRecord(&changed, start + 64 * record)
            try folder.write("a.shard", changed)
            let history = try History.open(shards: [folder.path + "/a.shard"])
            let number = start / 64 - 1 + record
            #expect(history.names.contains { $0.text.hasSuffix("damaged at record \(number)") }, "\(what)")
        }
        // The other group is there, and so is every number below the wrong ones: nothing else was wrong.
        try folder.write("a.shard", bytes)
        #expect(try History.open(shards: [folder.path + "/a.shard"]).names.allSatisfy { !$0.text.contains("damaged") })
    }

    @Test func versionOneIsReadAndHasNoPairs() throws {
        let folder = try Folder()
        try writeSpans(folder)
        func asVersionOne(_ name: String) throws {
            var bytes = try folder.bytes(name)
            bytes[8] = 1
            let checksum = bytes.withUnsafeBytes { raw in
                raw.baseAddress.map { shardHeaderChecksum($0, length: 64) } ?? 0
            }
            withUnsafeBytes(of: checksum) { bytes.replaceSubrange(20..<24, with: $0) }
            try folder.write(name, bytes)
        }
        let whole = try lines(folder, "b.shard")
        try asVersionOne("b.shard")
        #expect(try lines(folder, "b.shard") == whole)
        try asVersionOne("a.shard")
        let pairs = try History.open(shards: [folder.path + "/a.shard"])
        let first = try folder.bytes("a.shard").count / 64 - 1 - 5
        #expect(pairs.names.contains { $0.text.hasSuffix("damaged at record \(first)") })
    }

    @Test func manyPairsAmongManyOthersKeepTheirOrder() throws {
        let folder = try Folder()
        var twice = try Twice(folder)
        for step in 0..<100_000 {
            // Long runs of plain records, and pairs in between.
            if step % 20_000 < 9_000 {
                twice.append(.replayEnd(pass: Int64(step + 1), stream: twice.streams[0]))
            } else {
                twice.deliver(t: Int64(step / 7), Position(UInt64(step)), seq: Int64(step))
            }
            if step % 1_000 == 999, let last = twice.deliveries.indices.last {
                twice.progress(.ack, t: Int64(step), Int64(last)..<Int64(last + 1))
            }
        }
        try twice.close()
        #expect(try lines(folder, "a.shard") == lines(folder, "b.shard"))
        let history = try History.open(shards: [folder.path + "/a.shard"])
        for chunk in history.chunks {
            for type in RecordType.allCases {
                #expect(chunk.counts[Int(type.rawValue)] == chunk.records.filter { $0.type == type }.count)
            }
        }
    }
}

/// Gives the record at `start` the checksum that belongs to it.
private func sealRecord(_ bytes: inout [UInt8], _ start: Int) {
    let table = (0..<256).map { value -> UInt32 in
        (0..<8).reduce(UInt32(value)) { crc, _ in crc & 1 == 1 ? crc >> 1 ^ 0x82F6_3B78 : crc >> 1 }
    }
    var crc = ~UInt32(0)
    for byte in bytes[start + 4..<start + 64] { crc = crc >> 8 ^ table[Int((crc ^ UInt32(byte)) & 255)] }
    withUnsafeBytes(of: ~crc) { bytes.replaceSubrange(start..<start + 4, with: $0) }
}
