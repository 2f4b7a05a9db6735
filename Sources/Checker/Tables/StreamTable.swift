import History

/// The streams that occur, by place: in the order of their names' bytes, as examples are.
struct StreamTable {
    static let none = UInt32.max

    let names: [Name]
    /// How each writes its positions.
    let forms: [Position.Form]
    /// The number of each stream's name, or -1 if no record has it.
    let numbers: [Int]
    /// From a name's number to the stream's place.
    let places: Column<UInt32>
    private let byName: [Name: Int]

    var count: Int { names.count }

    /// `numbers`: of the names that records use for streams; `others`: names that only control records have.
    init(_ history: History, numbers: [Int], others: [Name]) {
        var known: [Name: Int] = [:]
        for number in numbers { known[history.names[number]] = number }
        for name in others where known[name] == nil { known[name] = -1 }
        names = known.keys.sorted()
        byName = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
        self.numbers = names.map { known[$0] ?? -1 }
        places = Column(repeating: StreamTable.none, count: history.names.count)
        var forms = [Position.Form](repeating: .offset, count: names.count)
        for number in numbers { places[number] = UInt32(byName[history.names[number]] ?? 0) }
        for (number, form) in history.forms where Int(number) < history.names.count {
            if let place = byName[history.names[Int(number)]] { forms[place] = form }
        }
        self.forms = forms
    }

    func place(_ name: Name) -> Int? { byName[name] }

    func written(_ position: Position, in stream: Int) -> Verdict.WrittenPosition {
        Verdict.WrittenPosition(position, position.minor != 0 ? .entry : forms[stream])
    }
}
