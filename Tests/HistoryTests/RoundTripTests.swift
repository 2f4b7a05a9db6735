import Foundation
import Testing

@testable import History

/// SplitMix64: the same seed gives the same history.
private struct Dice {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }

    mutating func below(_ bound: UInt64) -> UInt64 { next() % bound }
    mutating func yes(_ oneIn: UInt64 = 2) -> Bool { below(oneIn) == 0 }
    mutating func time() -> Int64 { yes(10) ? .max : Int64(below(1 << 40)) }
    mutating func pick<T>(_ values: [T]) -> T { values[Int(below(UInt64(values.count)))] }
}

private let texts = [
    "", "a", "é", "e\u{301}", "\u{0}", "\n\t\r\"\\/", "\u{7F}\u{80}", "😀", String(repeating: "x", count: 39),
    String(repeating: "y", count: 40), String(repeating: "z", count: 41), String(repeating: "ü", count: 500), "null",
]

/// A shard with records of all kinds, their values far and wide.
private func writeRandomShard(_ path: String, _ dice: inout Dice) throws {
    var writer = try ShardWriter(path: path, worker: dice.pick(texts))
    for _ in 0..<dice.below(300) {
        let agent = dice.time()
        let seq = Int64(dice.below(1000))
        let form: Position.Form = dice.yes() ? .entry : .offset
        let stream = writer.stream("\(form)" + dice.pick(texts), form: form)
        let position =
            form == .entry ? Position(dice.next(), dice.next()) : Position(dice.next() >> (1 + dice.below(63)))
        let number = dice.yes(5) ? Int64.max : Int64(dice.below(5) + 1)
        let log = dice.yes() ? Record.none16 : UInt16(dice.below(2))
        let (one, two) = (writer.name(dice.pick(texts)), writer.name(dice.pick(texts)))
        let group = writer.group(dice.pick(texts))
        let crc = UInt32(truncatingIfNeeded: dice.next())
        let noContent = Record.Flags.noAgent | Record.Flags.noSeq | Record.Flags.noCRC
        switch dice.below(10) {
        case 0:
            writer.append(
                .attempt(
                    t: dice.time(), agent: agent, seq: seq, number: number, kind: one,
                    intended: Int64(bitPattern: dice.next()), crc: crc, transaction: dice.yes() ? two : 0, log: log,
                    poison: dice.yes()))
        case 1:
            writer.append(
                .outcome(
                    dice.pick([.acked, .failed, .unknown]), t: dice.time(), agent: agent, seq: seq, number: number,
                    stream: stream, position: dice.yes() ? position : nil, error: dice.yes() ? one : 0, log: log))
        case 2:
            writer.append(
                .transaction(
                    t: dice.time(), id: one, state: dice.pick([.committed, .aborted, .unknown]),
                    begun: dice.yes() ? dice.time() : nil))
        case 3:
            writer.append(
                .replay(pass: 1, stream: stream, position: position, run: one, agent: agent, seq: seq, crc: crc))
        case 4:
            writer.append(
                .replay(
                    pass: number, stream: stream, position: position, run: 0, agent: 0, seq: 0, crc: 0,
                    flags: noContent | Record.Flags.noRun))
        case 5: writer.append(.replayEnd(pass: number, stream: stream))
        case 6:
            let known = dice.yes()
            writer.append(
                .delivery(
                    t: dice.time(), group: group, consumer: one, stream: stream, position: position,
                    run: known ? two : 0, agent: agent, seq: seq, crc: crc, flags: known ? 0 : Record.Flags.noRun))
        case 7:
            writer.append(
                .delivery(
                    t: dice.time(), group: group, consumer: one, stream: stream, position: position, run: two, agent: 0,
                    seq: seq, crc: crc, flags: Record.Flags.noAgent))
        case 8:
            let type = dice.pick([RecordType.ack, .commit, .processed])
            writer.append(
                .progress(
                    type, t: dice.time(), group: group, consumer: type == .commit ? 0 : one, stream: stream,
                    position: position))
        default: writer.append(.gap(t: dice.time(), worker: one, reason: two))
        }
    }
    try writer.close()
}

private func writeRandomControl(_ path: String, _ dice: inout Dice) throws {
    var start = History.Header()
    (start.run, start.system, start.configuration) = (Name(dice.pick(texts)), dice.pick(texts), dice.pick(texts))
    (start.retries, start.fault, start.seed) = (dice.pick(texts), dice.yes() ? nil : dice.pick(texts), dice.time())
    start.logs = [History.Log(name: Name("b"), streams: [Name("s")]), History.Log(name: Name("a"), streams: [])]
    start.logs[Int(dice.below(2))].ofRecord = true
    if dice.yes() { start.logs[1].kinds = [Name("k"), Name("")] }
    let log = try ControlLog(path: path, header: start)
    for text in texts where dice.yes() {
        var group = History.Group(name: Name(text))
        (group.readCommitted, group.processing) = (dice.yes(), dice.yes())
        if dice.yes() { group.dead = Name("a") }
        try log.group(group)
        try log.fault(
            History.FaultRecord(
                t: dice.time(), id: dice.time(), action: text, node: dice.yes() ? nil : text,
                phase: dice.pick([.begin, .effect, .end]), detail: dice.yes() ? nil : text))
        let end = History.GroupEnd(
            group: Name(text), stream: Name("entry" + text), passed: dice.yes() ? nil : Position(dice.next(), 0),
            pending: (0..<dice.below(4)).map { _ in Position(dice.next(), dice.next()) })
        try log.groupEnd(end, form: .entry)
    }
    try log.end(t: dice.time())
}

@Suite struct RoundTripTests {
    @Test(arguments: 1...40) func whatIsWrittenReadsTheSameFromBothForms(_ seed: Int) throws {
        var dice = Dice(state: UInt64(seed))
        let folder = try Folder()
        try writeRandomControl(folder.path + "/control.jsonl", &dice)
        for shard in 0..<Int(dice.below(4)) { try writeRandomShard(folder.path + "/\(shard).shard", &dice) }
        let history = try History.open(directory: folder.path)
        let text = try exported(history)
        let again = try read(text)
        let (one, other) = (content(history), content(again))
        #expect(one.count == other.count, "seed \(seed)")
        for (a, b) in zip(one, other) where a != b {
            Issue.record("seed \(seed): \(a.prefix(500)) became \(b.prefix(500))")
        }
        #expect(try exported(again) == text, "seed \(seed)")
    }

    @Test func theSameSeedGivesTheSameBytes() throws {
        let folders = [try Folder(), try Folder()]
        for folder in folders {
            var dice = Dice(state: 5)
            try writeRandomShard(folder.path + "/a", &dice)
        }
        let bytes = try folders[0].bytes("a")
        #expect(bytes.count > 64)
        #expect(try folders[1].bytes("a") == bytes)
    }

    /// Cuts, flips and doubles bytes of a good text: whatever comes of it is read or refused, and never a crash.
    @Test(arguments: 1...8) func damagedTextIsReadOrRefusedAndNothingElse(_ seed: Int) throws {
        var dice = Dice(state: UInt64(seed) &* 77)
        let folder = try Folder()
        try writeRandomControl(folder.path + "/control.jsonl", &dice)
        try writeRandomShard(folder.path + "/a.shard", &dice)
        let text = Array(try exported(History.open(directory: folder.path)).utf8)
        var refused = 0
        for _ in 0..<60 {
            var bytes = text
            for _ in 0...dice.below(3) {
                let place = Int(dice.below(UInt64(bytes.count)))
                switch dice.below(4) {
                case 0: bytes[place] = UInt8(truncatingIfNeeded: dice.next())
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(bytes[place], at: place)
                default: bytes[place] ^= 1 << UInt8(dice.below(8))
                }
            }
            guard let error = refusal(bytes) else { continue }
            refused += 1
            #expect((1...(bytes.count { $0 == 0x0A } + 1)).contains(error.line ?? 0))
        }
        #expect(refused > 0)
    }
}
