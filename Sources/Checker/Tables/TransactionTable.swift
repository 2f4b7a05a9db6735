import History

/// Transactions by place: every id that an attempt or a `transaction` record names.
struct TransactionTable {
    static let none = UInt32.max

    struct Transaction {
        /// The number of its id's name.
        var id: Int
        var state = TransactionState.unknown
        var ended = false
        var t: Int64 = 0
        var begun: Int64?
    }

    private(set) var all: [Transaction] = []
    private let places: Column<UInt32>

    init(_ history: History, _ survey: Survey, _ contradictions: Contradictions) {
        let ids = survey.transactionIDs
        places = Column(repeating: TransactionTable.none, count: ids.isEmpty ? 0 : history.names.count)
        for id in ids {
            places[id] = UInt32(all.count)
            all.append(Transaction(id: id))
        }
        for end in survey.transactionEnds {
            let place = Int(places[end.id])
            if all[place].ended {
                contradictions.note(.twoTransactionEnds, "transaction \(history.names[end.id])")
                continue
            }
            all[place].ended = true
            (all[place].state, all[place].t, all[place].begun) = (end.state, end.t, end.begun)
        }
    }

    /// The place of a transaction by its name's number, of `none` for an attempt outside of any.
    @inline(__always) func place(_ id: Int, isNone: Bool) -> UInt32 {
        isNone || id >= places.count ? TransactionTable.none : places.base[id]
    }
}
