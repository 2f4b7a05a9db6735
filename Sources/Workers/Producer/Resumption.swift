import History

/// Where those had come to whose place a producer takes, by agent, as their shards say.
///
/// What is tried again is what no acknowledgement on the disk speaks of, whatever the policy of retries says: whoever
/// restarts an application has nothing else to go by. In transactions the transaction's end is that word: what stood in
/// one that was committed, or given up on purpose, is done; what stood in one that never ended, or ended nobody knows
/// how, is not, unless the broker says otherwise (`settle`).
public struct Resumption: Sendable, Equatable {
    public struct Agent: Sendable, Equatable {
        /// The highest seq that was attempted.
        public var highest: Int64
        /// What is to be tried again, in order.
        public var open: [Int64]
    }

    public private(set) var agents: [Int64: Agent] = [:]

    /// The broker has it, whatever the shards say: no other try.
    public mutating func settle(agent: Int64, seq: Int64) {
        guard var known = agents[agent], let place = known.open.firstIndex(of: seq) else { return }
        known.open.remove(at: place)
        agents[agent] = known
    }

    /// Of a producer that takes nobody's place.
    public init() {}

    /// Reads the shards, torn tails included.
    public init(shards: [String]) throws(WorkerError) {
        let history: History
        do throws(InputError) {
            history = try History.open(shards: shards)
        } catch {
            throw WorkerError("what an earlier producer left cannot be read: \(error)")
        }
        var reader = Reader()
        for chunk in history.chunks { reader.noteEnds(chunk) }
        for chunk in history.chunks { reader.note(chunk) }
        if reader.isDamaged { throw WorkerError("a shard that an earlier producer left is damaged") }
        agents = reader.events.mapValues(\.summary)
    }
}

/// Collects what happened to each event.
private struct Reader {
    /// By agent; what is known of each event, by seq.
    var events: [Int64: Known] = [:]
    /// Transactions whose events need no other try, by the number of their names in the history.
    private var settled: Set<UInt32> = []
    private(set) var isDamaged = false

    mutating func noteEnds(_ chunk: RecordChunk) {
        for record in chunk.records where record.type == .transaction && record.transactionState != .unknown {
            settled.insert(chunk.name(record.transaction))
        }
    }

    mutating func note(_ chunk: RecordChunk) {
        for record in chunk.records {
            switch record.type {
            case .attempt:
                var marks: UInt8 = Known.attempted
                if record.transaction != 0 {
                    marks |= Known.inTransaction
                    if settled.contains(chunk.name(record.transaction)) { marks |= Known.settled }
                }
                events[record.agent, default: Known()].mark(record.seq, marks)
            case .outcome where record.outcome == .acked:
                events[record.agent, default: Known()].mark(record.seq, Known.acked)
            case .gap where record.t == 0: isDamaged = true
            default: break
            }
        }
    }
}

private struct Known {
    static let attempted: UInt8 = 1
    static let acked: UInt8 = 2
    static let inTransaction: UInt8 = 4
    static let settled: UInt8 = 8

    /// By seq.
    private var marks: [UInt8] = []

    mutating func mark(_ seq: Int64, _ mark: UInt8) {
        while marks.count <= seq { marks.append(0) }
        marks[Int(seq)] |= mark
    }

    var summary: Resumption.Agent {
        let open = marks.indices.filter { seq in
            // A delivery report inside a transaction acknowledges nothing yet.
            let done = marks[seq] & Known.inTransaction != 0 ? Known.settled : Known.acked
            return marks[seq] & Known.attempted != 0 && marks[seq] & done == 0
        }
        return Resumption.Agent(highest: Int64(marks.count) - 1, open: open.map(Int64.init))
    }
}

extension RecordChunk {
    /// The number in the whole history of a name in this chunk.
    fileprivate func name(_ number: UInt32) -> UInt32 { names?[Int(number)] ?? number }
}
