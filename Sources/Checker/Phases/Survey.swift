import CChecksum
import History

/// The first look at every record: who occurs, and where the records of each stream, pass and group lie.
struct Survey {
    struct TransactionEnd {
        var t: Int64
        var id: Int
        var state: TransactionState
        var begun: Int64?
    }

    struct PassKey: Hashable {
        var stream: Int
        var pass: Int64
    }

    /// What a name is used for, by its number.
    struct Use {
        static let stream: UInt8 = 1
        /// A stream that must have been replayed.
        static let replayed: UInt8 = 2
        static let transaction: UInt8 = 4
    }

    /// So many records ahead of the one at hand are asked for.
    private static let ahead = 32

    let uses: Column<UInt8>
    var attempts = 0
    var outcomes = 0
    private(set) var extents: [EventIndex.Extent] = []
    private let agents = AgentNumbers()
    /// Entries read back, by stream (a name's number) and pass.
    private(set) var replays: [RunBucket] = []
    private(set) var replayKeys: [PassKey] = []
    private var replayPlaces: [PassKey: Int] = [:]
    private var recent = RecentPlaces()
    /// By group.
    private(set) var deliveries: [RunBucket]
    private(set) var progress: [RunBucket]
    private(set) var replayEnds: Set<PassKey> = []
    private(set) var transactionEnds: [TransactionEnd] = []
    /// Workers and reasons, as numbers of names.
    private(set) var gaps: [(worker: Int, reason: Int)] = []

    init(_ history: History, _ views: [View]) {
        uses = Column(repeating: 0, count: max(history.names.count, 1))
        let groups = history.groupNames.count
        deliveries = Array(repeating: RunBucket(), count: groups)
        progress = Array(repeating: RunBucket(), count: groups)
        for (index, view) in views.enumerated() { look(at: view, UInt32(index)) }
        for index in replays.indices { replays[index].close() }
        for index in deliveries.indices { deliveries[index].close() }
        for index in progress.indices { progress[index].close() }
    }

    /// Numbers of names.
    var transactionIDs: [Int] { (0..<uses.count).filter { uses[$0] & Use.transaction != 0 } }
    var streamNumbers: [Int] { (0..<uses.count).filter { uses[$0] & Use.stream != 0 } }

    /// Frees what only the merge of the replays needs.
    mutating func forgetReplays() { replays = [] }

    private mutating func look(at view: View, _ number: UInt32) {
        for index in 0..<view.count {
            let record = view.records + index
            // The processor does not look across pages by itself.
            holdfast_prefetch_to_read(record + Survey.ahead)
            switch record.pointee.rawType {
            case RecordType.attempt.rawValue: attempt(record, view)
            case RecordType.outcome.rawValue: outcome(record, view)
            case RecordType.replay.rawValue: replay(record, view, number, UInt32(index))
            case RecordType.delivery.rawValue: delivery(record, view, number, UInt32(index))
            case RecordType.ack.rawValue, RecordType.commit.rawValue, RecordType.processed.rawValue:
                uses.base[view.name(record.pointee.stream)] |= Use.stream
                let group = view.group(record)
                if group != View.noGroup {
                    progress[group].add(
                        view: number, index: UInt32(index), key: Survey.time(record), strictly: false)
                }
            default: rare(record, view)
            }
        }
    }

    @inline(__always) private mutating func attempt(_ record: UnsafePointer<Record>, _ view: View) {
        attempts += 1
        let (number, seq) = (record.pointee.agent, record.pointee.seq)
        let place = agents.find(number)
        if place >= 0 {
            extents.withUnsafeMutableBufferPointer { extents in
                extents[place].attempts += 1
                if seq < extents[place].least { extents[place].least = seq }
                if seq > extents[place].greatest { extents[place].greatest = seq }
            }
        } else {
            agents.add(number)
            extents.append(EventIndex.Extent(number: number, least: seq, greatest: seq, attempts: 1))
        }
        if record.pointee.stream != 0 { uses.base[view.name(record.pointee.stream)] |= Use.transaction }
    }

    @inline(__always) private mutating func outcome(_ record: UnsafePointer<Record>, _ view: View) {
        outcomes += 1
        guard record.pointee.stream != 0 else { return }
        let acked = record.pointee.word & 3 == Outcome.acked.rawValue
        uses.base[view.name(record.pointee.stream)] |= acked ? Use.stream | Use.replayed : Use.stream
    }

    @inline(__always) private mutating func replay(
        _ record: UnsafePointer<Record>, _ view: View, _ number: UInt32, _ index: UInt32
    ) {
        let stream = view.name(record.pointee.stream)
        uses.base[stream] |= Use.stream | Use.replayed
        let key = PassKey(stream: stream, pass: record.pointee.t)
        let place = recent.find(key) ?? replayPlace(key)
        replays[place].add(view: number, index: index, key: record.pointee.position, strictly: true)
    }

    private mutating func replayPlace(_ key: PassKey) -> Int {
        let place = replayPlaces[key] ?? replays.count
        if place == replays.count {
            replayPlaces[key] = place
            replayKeys.append(key)
            replays.append(RunBucket())
        }
        recent.keep(key, place)
        return place
    }

    @inline(__always) private mutating func delivery(
        _ record: UnsafePointer<Record>, _ view: View, _ number: UInt32, _ index: UInt32
    ) {
        uses.base[view.name(record.pointee.stream)] |= Use.stream | Use.replayed
        let group = view.group(record)
        guard group != View.noGroup else { return }
        deliveries[group].add(view: number, index: index, key: Survey.time(record), strictly: false)
    }

    /// Its `t`, as a key.
    @inline(__always) private static func time(_ record: UnsafePointer<Record>) -> Position {
        Position(UInt64(bitPattern: record.pointee.t) ^ 1 << 63)
    }

    private mutating func rare(_ record: UnsafePointer<Record>, _ view: View) {
        switch record.pointee.type {
        case .transaction:
            let id = view.name(record.pointee.transaction)
            uses[id] |= Use.transaction
            let begun = record.pointee.has(Record.Flags.noPosition) ? nil : record.pointee.begun
            transactionEnds.append(
                TransactionEnd(t: record.pointee.t, id: id, state: record.pointee.transactionState, begun: begun))
        case .replayEnd:
            let stream = view.name(record.pointee.stream)
            uses[stream] |= Use.stream
            replayEnds.insert(PassKey(stream: stream, pass: record.pointee.pass))
        case .gap:
            gaps.append((view.name(record.pointee.crc), view.name(record.pointee.second)))
        default: break
        }
    }
}

/// The places of a few keys that were asked for lately: streams read side by side need no hashing of each record.
private struct RecentPlaces {
    private var keys: [Survey.PassKey?] = Array(repeating: nil, count: 256)
    private var places: [Int] = Array(repeating: 0, count: 256)

    private func slot(_ key: Survey.PassKey) -> Int { (key.stream &+ Int(truncatingIfNeeded: key.pass) &* 31) & 255 }

    func find(_ key: Survey.PassKey) -> Int? {
        let slot = slot(key)
        return keys[slot] == key ? places[slot] : nil
    }

    mutating func keep(_ key: Survey.PassKey, _ place: Int) {
        keys[slot(key)] = key
        places[slot(key)] = place
    }
}
