/// One thing that happened, in 64 bytes: the same on disk (a shard is a run of these) and in memory.
///
/// ```
///  0  u32  checksum: CRC-32C of bytes 4 to 63
///  4  u8   type (`RecordType`)
///  5  u8   word: bits 0 to 1 a result or state, bits 2 to 7 flags (`Record.Flags`)
///  6  u16  log of an attempt or outcome, group of a delivery, ack, commit, processed; 0xFFFF: none
///  8  i64  t, nanoseconds from the trial's start; of replay and replay_end: the pass
/// 16  i64  agent; of a transaction: begun
/// 24  i64  seq
/// 32  u64  position.major; of an attempt: try
/// 40  u64  position.minor; of an attempt: intended (two's complement)
/// 48  u32  crc of the event; of an outcome: low half of try; of a transaction: its id; of a gap: worker;
///          of a definition: the number that is defined
/// 52  u32  run (replay, delivery), kind (attempt), high half of try (outcome), reason (gap)
/// 56  u32  stream; of an attempt: transaction
/// 60  u32  consumer (delivery, ack, processed), error (outcome)
/// ```
/// All numbers are little-endian. Names (streams, groups, runs, …) are numbers into a table: on disk each shard
/// numbers its own and says so in records of type `.definition` before their first use; in memory `RecordChunk.names`
/// leads from a shard's numbers to those of the whole history. Number 0 is "none" everywhere in the name table.
/// Groups and logs have small tables of their own.
public struct Record: BitwiseCopyable, Sendable {
    public var checksum: UInt32 = 0
    public var rawType: UInt8 = 0
    public var word: UInt8 = 0
    public var logOrGroup: UInt16 = Record.none16
    public var t: Int64 = 0
    public var agent: Int64 = 0
    public var seq: Int64 = 0
    public var major: UInt64 = 0
    public var minor: UInt64 = 0
    public var crc: UInt32 = 0
    public var second: UInt32 = 0
    public var stream: UInt32 = 0
    public var last: UInt32 = 0

    public init() {}

    public static let size = 64
    public static let none16: UInt16 = 0xFFFF

    /// What bits 2 to 7 of `word` say.
    public struct Flags {
        /// Agent and seq are null: the entry could not be read as an event.
        public static let noAgent: UInt8 = 1 << 2
        public static let noSeq: UInt8 = 1 << 3
        public static let noCRC: UInt8 = 1 << 4
        /// A replay's run is null; a delivery's absent run means this run and has the flag, too.
        public static let noRun: UInt8 = 1 << 5
        /// An outcome without a position; a transaction without `begun`; a group end without `passed`.
        public static let noPosition: UInt8 = 1 << 6
        /// An attempt of an event that no consumer can process.
        public static let poison: UInt8 = 1 << 7
    }

    public var position: Position {
        get { Position(major, minor) }
        set {
            major = newValue.major
            minor = newValue.minor
        }
    }

    public func has(_ flag: UInt8) -> Bool { word & flag != 0 }
}

public enum RecordType: UInt8, CaseIterable, Sendable {
    case definition = 1
    case attempt = 2
    case outcome = 3
    case transaction = 4
    case replay = 5
    case replayEnd = 6
    case delivery = 7
    case ack = 8
    case commit = 9
    case processed = 10
    case gap = 11
}

/// What became of one try to publish one event.
public enum Outcome: UInt8, Sendable, BitwiseCopyable {
    /// Anything that proves neither of the others.
    case unknown = 0
    /// The broker said yes.
    case acked = 1
    /// Provably not applied.
    case failed = 2
}

public enum TransactionState: UInt8, Sendable {
    case unknown = 0
    case committed = 1
    case aborted = 2
}

extension Record {
    public var type: RecordType? { RecordType(rawValue: rawType) }
    public var outcome: Outcome { Outcome(rawValue: word & 3) ?? .unknown }
    public var transactionState: TransactionState { TransactionState(rawValue: word & 3) ?? .unknown }

    public var pass: Int64 { t }
    public var begun: Int64 { agent }
    /// The number of the try, of an attempt or an outcome.
    public var attemptNumber: Int64 {
        rawType == RecordType.outcome.rawValue
            ? Int64(bitPattern: UInt64(crc) | UInt64(second) << 32) : Int64(bitPattern: major)
    }
    public var intended: Int64 { Int64(bitPattern: minor) }
    public var kind: UInt32 { second }
    public var run: UInt32 { second }
    public var transaction: UInt32 { rawType == RecordType.attempt.rawValue ? stream : crc }
    public var consumer: UInt32 { last }
    public var error: UInt32 { last }
    public var group: UInt16 { logOrGroup }
    public var log: UInt16 { logOrGroup }

    public static func attempt(
        t: Int64, agent: Int64, seq: Int64, number: Int64, kind: UInt32, intended: Int64, crc: UInt32,
        transaction: UInt32 = 0, log: UInt16 = none16, poison: Bool = false
    ) -> Record {
        var r = Record()
        r.rawType = RecordType.attempt.rawValue
        r.word = poison ? Flags.poison : 0
        (r.t, r.agent, r.seq) = (t, agent, seq)
        r.major = UInt64(bitPattern: number)
        r.minor = UInt64(bitPattern: intended)
        (r.crc, r.second, r.stream, r.logOrGroup) = (crc, kind, transaction, log)
        return r
    }

    public static func outcome(
        _ outcome: Outcome, t: Int64, agent: Int64, seq: Int64, number: Int64, stream: UInt32 = 0,
        position: Position? = nil, error: UInt32 = 0, log: UInt16 = none16
    ) -> Record {
        var r = Record()
        r.rawType = RecordType.outcome.rawValue
        r.word = outcome.rawValue | (position == nil ? Flags.noPosition : 0)
        (r.t, r.agent, r.seq) = (t, agent, seq)
        if let position { r.position = position }
        r.crc = UInt32(truncatingIfNeeded: number)
        r.second = UInt32(truncatingIfNeeded: number >> 32)
        (r.stream, r.last, r.logOrGroup) = (stream, error, log)
        return r
    }

    public static func transaction(t: Int64, id: UInt32, state: TransactionState, begun: Int64?) -> Record {
        var r = Record()
        r.rawType = RecordType.transaction.rawValue
        r.word = state.rawValue | (begun == nil ? Flags.noPosition : 0)
        (r.t, r.agent, r.crc) = (t, begun ?? 0, id)
        return r
    }

    /// An entry that could be read as an event; clear what could not with the flags.
    public static func replay(
        pass: Int64, stream: UInt32, position: Position, run: UInt32, agent: Int64, seq: Int64, crc: UInt32,
        flags: UInt8 = 0
    ) -> Record {
        var r = Record()
        r.rawType = RecordType.replay.rawValue
        r.word = flags
        (r.t, r.agent, r.seq) = (pass, agent, seq)
        r.position = position
        (r.crc, r.second, r.stream) = (crc, run, stream)
        return r
    }

    public static func replayEnd(pass: Int64, stream: UInt32) -> Record {
        var r = Record()
        r.rawType = RecordType.replayEnd.rawValue
        (r.t, r.stream) = (pass, stream)
        return r
    }

    public static func delivery(
        t: Int64, group: UInt16, consumer: UInt32, stream: UInt32, position: Position, run: UInt32, agent: Int64,
        seq: Int64, crc: UInt32, flags: UInt8 = 0
    ) -> Record {
        var r = Record()
        r.rawType = RecordType.delivery.rawValue
        r.word = flags
        (r.t, r.agent, r.seq) = (t, agent, seq)
        r.position = position
        (r.crc, r.second, r.stream, r.last, r.logOrGroup) = (crc, run, stream, consumer, group)
        return r
    }

    /// An `ack`, a `processed`, or (without a consumer) a `commit`.
    public static func progress(
        _ type: RecordType, t: Int64, group: UInt16, consumer: UInt32 = 0, stream: UInt32, position: Position
    ) -> Record {
        precondition(type == .ack || type == .commit || type == .processed)
        var r = Record()
        r.rawType = type.rawValue
        r.t = t
        r.position = position
        (r.stream, r.last, r.logOrGroup) = (stream, consumer, group)
        return r
    }

    public static func gap(t: Int64, worker: UInt32, reason: UInt32) -> Record {
        var r = Record()
        r.rawType = RecordType.gap.rawValue
        (r.t, r.crc, r.second) = (t, worker, reason)
        return r
    }
}
