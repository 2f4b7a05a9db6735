import History

/// What the attempts and outcomes say of each event, by its slot.
///
/// An event with one attempt, its first, to the first log, outside of any transaction, is *simple*: all there is to
/// know of it is in these columns. Of any other, each attempt is in `AttemptTable`.
final class Events {
    struct Flags {
        static let attempted: UInt8 = 1
        static let complex: UInt8 = 2
        static let poison: UInt8 = 4
        /// The outcome of a simple event's attempt: 0 none yet, else one of `Result`.
        static let resultShift: UInt8 = 3
        static let resultMask: UInt8 = 3 << resultShift
    }

    static let noPosition = UInt32.max

    let index: EventIndex
    private let packed: Packed
    let flags: Packed.Field<UInt8>
    let crcs: Packed.Field<UInt32>
    /// What `LogState` and `GroupState` know of each event; here for the sake of the cache.
    let logFlags: Packed.Field<UInt8>
    let groupMarks: Packed.Field<UInt8>
    /// The kind of the first attempt, as `AgentState` knows kinds.
    let stateKinds: Packed.Field<UInt8>
    /// `t` of the first attempt to any log.
    let firstTimes: Column<Int64>
    let intended: Column<Int64>
    /// Of a simple event that is acked; of a complex one whatever `LogState` last put there.
    let ackTimes: Column<Int64>
    /// Of a simple event its acked position, or none; of a complex one its place among the complex ones.
    let links: Column<UInt32>
    /// The kind of the first attempt, if any log expects some kinds only.
    let kinds: Column<UInt32>?

    var count: Int { index.count }

    init(_ index: EventIndex, withKinds: Bool) {
        let count = index.count
        self.index = index
        packed = Packed(count: count)
        crcs = packed.field(0, of: UInt32.self)
        flags = packed.field(4, of: UInt8.self)
        logFlags = packed.field(5, of: UInt8.self)
        groupMarks = packed.field(6, of: UInt8.self)
        stateKinds = packed.field(7, of: UInt8.self)
        firstTimes = Column(uninitialized: count)
        intended = Column(uninitialized: count)
        ackTimes = Column(uninitialized: count)
        links = Column(uninitialized: count)
        kinds = withKinds ? Column(uninitialized: count) : nil
    }

    /// The slot of an attempted event, or -1.
    @inline(__always) func find(agent: Int64, seq: Int64) -> Int { find(place: index.agent(agent), seq: seq) }

    @inline(__always) func find(place: Int, seq: Int64) -> Int {
        let slot = index.slot(agent: place, seq: seq)
        return slot >= 0 && flags.base[slot] & Flags.attempted != 0 ? slot : -1
    }

    @inline(__always) func isComplex(_ slot: Int) -> Bool { flags.base[slot] & Flags.complex != 0 }

    /// Of a simple event.
    @inline(__always) func result(_ slot: Int) -> AttemptResult {
        AttemptResult(rawValue: (flags.base[slot] & Flags.resultMask) >> Flags.resultShift) ?? .none
    }

    func describe(_ slot: Int) -> String {
        let (agent, seq) = index.event(slot)
        return "agent \(agent), seq \(seq)"
    }
}

/// What an attempt's own outcome says of it.
enum AttemptResult: UInt8 {
    case none = 0
    case acked = 1
    case failed = 2
    case unknown = 3

    init(_ outcome: Outcome) {
        switch outcome {
        case .acked: self = .acked
        case .failed: self = .failed
        case .unknown: self = .unknown
        }
    }
}
