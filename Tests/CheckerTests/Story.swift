import History

@testable import Checker

/// A history told line by line. Times go up by one with each record unless they are given; an event's checksum follows
/// from its agent and seq; what is not said is as in a trial in which nothing happens.
final class Story {
    var history: History
    private(set) var records: [Record] = []
    private var numbers: [Name: UInt32] = [:]
    private var groups: [Name: UInt16] = [:]
    private var seen: Set<Name> = []
    private var passes: Set<Int64> = []
    private var clock: Int64 = 0
    /// Whether the verdict is asked for a history that was closed and read back to its ends.
    var isWhole = true

    static let empty = Story().verdict()

    init(retries: String = "until-acked", retention: Bool = false, logs: [History.Log] = []) {
        var header = History.Header()
        (header.run, header.retries, header.retention, header.logs) = (Name("r"), retries, retention, logs)
        history = History(header: header)
        _ = name("r")
    }

    func name(_ text: String) -> UInt32 {
        if let known = numbers[Name(text)] { return known }
        let number = UInt32(history.names.count)
        history.names.append(Name(text))
        numbers[Name(text)] = number
        return number
    }

    func group(_ text: String) -> UInt16 {
        if let known = groups[Name(text)] { return known }
        let number = UInt16(history.groupNames.count)
        history.groupNames.append(Name(text))
        groups[Name(text)] = number
        return number
    }

    private func stream(_ text: String) -> UInt32 {
        seen.insert(Name(text))
        history.forms[name(text)] = .offset
        return name(text)
    }

    private func time(_ given: Int64?) -> Int64 {
        clock = given ?? clock + 1
        return clock
    }

    static func crc(_ agent: Int64, _ seq: Int64) -> UInt32 {
        UInt32(truncatingIfNeeded: agent &* 1_000_003 &+ seq &* 31 &+ 7)
    }

    // MARK: Producers

    func attempt(
        _ agent: Int64, _ seq: Int64, try number: Int64 = 1, t: Int64? = nil, kind: String = "k",
        intended: Int64? = nil, crc: UInt32? = nil, transaction: String? = nil, log: UInt16? = nil, poison: Bool = false
    ) {
        let t = time(t)
        records.append(
            .attempt(
                t: t, agent: agent, seq: seq, number: number, kind: name(kind), intended: intended ?? t,
                crc: crc ?? Story.crc(agent, seq), transaction: transaction.map(name) ?? 0,
                log: log ?? Record.none16, poison: poison))
    }

    func outcome(
        _ outcome: Outcome, _ agent: Int64, _ seq: Int64, at position: UInt64? = nil, try number: Int64 = 1,
        t: Int64? = nil, in stream: String = "s", log: UInt16? = nil
    ) {
        records.append(
            .outcome(
                outcome, t: time(t), agent: agent, seq: seq, number: number,
                stream: outcome == .acked ? self.stream(stream) : 0, position: position.map { Position($0) },
                log: log ?? Record.none16))
    }

    /// An attempt that is acked, at a position.
    func publish(_ agent: Int64, _ seq: Int64, at position: UInt64, in stream: String = "s", poison: Bool = false) {
        attempt(agent, seq, poison: poison)
        outcome(.acked, agent, seq, at: position, in: stream)
    }

    func transaction(_ id: String, _ state: TransactionState, t: Int64? = nil, begun: Int64? = nil) {
        records.append(.transaction(t: time(t), id: name(id), state: state, begun: begun))
    }

    // MARK: The log

    /// An entry, in both passes unless only some are named.
    func entry(
        _ position: UInt64, _ agent: Int64, _ seq: Int64, in stream: String = "s", passes: [Int64] = [1, 2],
        crc: UInt32? = nil, run: String = "r"
    ) {
        for pass in passes {
            self.passes.insert(pass)
            records.append(
                .replay(
                    pass: pass, stream: self.stream(stream), position: Position(position), run: name(run),
                    agent: agent, seq: seq, crc: crc ?? Story.crc(agent, seq)))
        }
    }

    func unreadable(_ position: UInt64, in stream: String = "s", run: String = "r") {
        for pass: Int64 in [1, 2] {
            passes.insert(pass)
            let nulls = Record.Flags.noAgent | Record.Flags.noSeq | Record.Flags.noCRC
            records.append(
                .replay(
                    pass: pass, stream: self.stream(stream), position: Position(position), run: name(run), agent: 0,
                    seq: 0, crc: 0, flags: nulls))
        }
    }

    /// An event that went well: acked, and in both passes.
    func good(_ agent: Int64, _ seq: Int64, at position: UInt64, in stream: String = "s", poison: Bool = false) {
        publish(agent, seq, at: position, in: stream, poison: poison)
        entry(position, agent, seq, in: stream)
    }

    // MARK: Groups

    func deliver(
        _ position: UInt64, _ agent: Int64, _ seq: Int64, t: Int64? = nil, to consumer: String = "c",
        group: String = "g", in stream: String = "s", crc: UInt32? = nil, run: String? = nil
    ) {
        records.append(
            .delivery(
                t: time(t), group: self.group(group), consumer: name(consumer), stream: self.stream(stream),
                position: Position(position), run: run.map(name) ?? 0, agent: agent, seq: seq,
                crc: crc ?? Story.crc(agent, seq), flags: run == nil ? Record.Flags.noRun : 0))
    }

    func progress(_ type: RecordType, _ position: UInt64, t: Int64? = nil, group: String = "g", in stream: String = "s")
    {
        records.append(
            .progress(
                type, t: time(t), group: self.group(group), consumer: type == .commit ? 0 : name("c"),
                stream: self.stream(stream), position: Position(position)))
    }

    func group(
        _ text: String = "g", readCommitted: Bool = false, dead: String? = nil, processing: Bool = false,
        log: String? = nil
    ) {
        var group = History.Group(name: Name(text))
        (group.readCommitted, group.dead, group.processing) = (readCommitted, dead.map { Name($0) }, processing)
        group.log = log.map { Name($0) }
        history.groups.append(group)
    }

    func end(group: String = "g", in stream: String = "s", passed: UInt64?, pending: [UInt64] = []) {
        history.groupEnds.append(
            History.GroupEnd(
                group: Name(group), stream: Name(stream), passed: passed.map { Position($0) },
                pending: pending.map { Position($0) }))
    }

    func fault(_ id: Int64, _ phase: History.FaultRecord.Phase, t: Int64) {
        history.faults.append(
            History.FaultRecord(t: t, id: id, action: "kill", node: nil, phase: phase, detail: nil))
    }

    func replayEnd(_ pass: Int64, in stream: String = "s") {
        passes.insert(pass)
        records.append(.replayEnd(pass: pass, stream: self.stream(stream)))
    }

    func add(_ record: Record) { records.append(record) }

    // MARK: The verdict

    func verdict() -> Verdict { check(whole()) }

    /// The history, in chunks of at most so many records.
    func whole(chunk: Int = .max) -> History {
        var (history, records) = (history, records)
        if isWhole {
            history.ends = 1
            for pass in passes.isEmpty ? [1, 2] : passes.sorted() {
                for stream in seen.isEmpty ? [Name("s")] : seen.sorted() {
                    records.append(.replayEnd(pass: pass, stream: name(stream.text)))
                }
            }
            history.names = self.history.names
        }
        history.chunks = Story.chunks(records, of: chunk)
        return history
    }

    static func chunks(_ records: [Record], of size: Int) -> [RecordChunk] {
        stride(from: 0, to: records.count, by: max(1, min(size, records.count))).map { start in
            RecordChunk(Array(records[start..<min(start + min(size, records.count), records.count)]))
        }
    }
}

/// Keeps records where a chunk's pointer leads.
private final class Shelf {
    let records: UnsafeMutableBufferPointer<Record>

    init(_ records: [Record]) {
        self.records = .allocate(capacity: records.count)
        _ = self.records.initialize(from: records)
    }

    deinit { records.deallocate() }
}

extension RecordChunk {
    init(_ records: [Record], names: [UInt32]? = nil, groups: [UInt32]? = nil) {
        var counts = [Int](repeating: 0, count: 16)
        for record in records { counts[Int(record.rawType)] += 1 }
        let shelf = Shelf(records)
        self.init(
            records: UnsafeBufferPointer(shelf.records), names: names, groups: groups, counts: counts, owner: shelf)
    }
}

extension Verdict {
    /// Examples of events as "agent/seq", of positions as "stream@position", of attempts and transactions likewise.
    func examples(_ name: String) -> [String] {
        (examples[Name(name)] ?? []).map { example in
            if let transaction = example.transaction { return transaction }
            if let stream = example.stream { return "\(stream)@\(example.position?.position.major ?? 0)" }
            let event = "\(example.agent ?? -1)/\(example.seq ?? -1)"
            return example.attemptNumber.map { "\(event)#\($0)" } ?? event
        }
    }

    func group(_ name: String = "g") -> GroupFigures { groups[Name(name)] ?? GroupFigures() }
}

extension Verdict.GroupFigures {
    /// Of a group that had nothing to do.
    static var nothing: Verdict.GroupFigures {
        var figures = Verdict.GroupFigures()
        (figures.pause, figures.catchUpNanoseconds) = (.init(), 0)
        return figures
    }
}
