import History

/// An attempt of a complex event.
struct Attempt {
    var event: UInt32
    var log: UInt16
    var result = AttemptResult.none
    var number: Int64
    var t: Int64
    var outcomeT: Int64 = 0
    var transaction: UInt32
    /// The position of an outcome `acked`.
    var position = Events.noPosition
    /// Ascends in file order among the attempts of one event.
    var order: UInt32
}

/// The attempts of all complex events, by event, log, number and file order.
final class AttemptTable {
    private(set) var attempts: [Attempt]
    /// By the place of a complex event: where its attempts begin; one more at the end.
    let starts: [Int]
    private let transactions: TransactionTable
    /// The places of attempts by transaction, and where those of each begin; made when somebody asks.
    private lazy var byTransaction: (starts: [Int], places: [UInt32]) = groupByTransaction()

    init(_ unsorted: consuming [Attempt], _ events: Events, _ transactions: TransactionTable) {
        var attempts = unsorted
        attempts.sort {
            if $0.event != $1.event { return $0.event < $1.event }
            if $0.log != $1.log { return $0.log < $1.log }
            return $0.number != $1.number ? $0.number < $1.number : $0.order < $1.order
        }
        var starts: [Int] = []
        for (place, attempt) in attempts.enumerated()
        where place == 0 || attempts[place - 1].event != attempt.event {
            events.links[Int(attempt.event)] = UInt32(starts.count)
            starts.append(place)
        }
        starts.append(attempts.count)
        (self.attempts, self.starts, self.transactions) = (attempts, starts, transactions)
    }

    var eventCount: Int { starts.count - 1 }

    func range(_ place: Int) -> Range<Int> { starts[place]..<starts[place + 1] }

    /// The first attempt of that number to that log, of the complex event at `place`.
    func find(_ place: Int, log: Int, number: Int64) -> Int? {
        var (low, high) = (starts[place], starts[place + 1])
        let end = high
        while low < high {
            let middle = (low + high) / 2
            let attempt = attempts[middle]
            let less = Int(attempt.log) != log ? Int(attempt.log) < log : attempt.number < number
            if less { low = middle + 1 } else { high = middle }
        }
        guard low < end, Int(attempts[low].log) == log, attempts[low].number == number else { return nil }
        return low
    }

    func conclude(_ index: Int, _ result: AttemptResult, t: Int64, position: UInt32) {
        attempts[index].result = result
        attempts[index].outcomeT = t
        attempts[index].position = position
    }

    func transaction(_ attempt: Attempt) -> TransactionTable.Transaction? {
        attempt.transaction == TransactionTable.none ? nil : transactions.all[Int(attempt.transaction)]
    }

    /// The places of the attempts in a transaction.
    func inTransaction(_ transaction: UInt32) -> ArraySlice<UInt32> {
        let starts = byTransaction.starts
        return byTransaction.places[starts[Int(transaction)]..<starts[Int(transaction) + 1]]
    }

    private func groupByTransaction() -> (starts: [Int], places: [UInt32]) {
        var starts = [Int](repeating: 0, count: transactions.all.count + 1)
        for attempt in attempts where attempt.transaction != TransactionTable.none {
            starts[Int(attempt.transaction) + 1] += 1
        }
        for transaction in 1..<starts.count { starts[transaction] += starts[transaction - 1] }
        var (next, places) = (starts, [UInt32](repeating: 0, count: starts[starts.count - 1]))
        for (place, attempt) in attempts.enumerated() where attempt.transaction != TransactionTable.none {
            places[next[Int(attempt.transaction)]] = UInt32(place)
            next[Int(attempt.transaction)] += 1
        }
        return (starts, places)
    }

    /// What became of an attempt: of one in a transaction what became of that, unless it failed by itself.
    func status(_ attempt: Attempt) -> Status {
        if attempt.result == .failed { return .failed }
        guard let transaction = transaction(attempt) else { return attempt.result == .acked ? .acked : .unknown }
        switch transaction.state {
        case .committed: return .acked
        case .aborted: return .failed
        case .unknown: return .unknown
        }
    }

    /// When an acked attempt became so.
    func ackTime(_ attempt: Attempt) -> Int64 { transaction(attempt)?.t ?? attempt.outcomeT }

    /// The log that the event's first attempt went to, by time and then file order.
    func home(_ place: Int) -> Int {
        let range = range(place)
        var first = attempts[range.lowerBound]
        for attempt in attempts[range] where (attempt.t, attempt.order) < (first.t, first.order) { first = attempt }
        return Int(first.log)
    }
}

/// What became of an attempt, or of an event in the eyes of a log.
enum Status: UInt8, Comparable {
    /// Nobody attempted it.
    case none = 0
    case failed = 1
    case unknown = 2
    case acked = 3

    static func < (a: Status, b: Status) -> Bool { a.rawValue < b.rawValue }
}
