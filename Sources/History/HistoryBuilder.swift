/// A history while it is being read: what it has so far, and the numbers of its names.
struct HistoryBuilder: ~Copyable {
    var history = History(header: History.Header())
    /// Numbers here are one less than in the history, where 0 is none.
    var names = NameTable()
    var groups = NameTable()
    var store = RecordStore()
    /// The form of each name's positions as raw values, by its number; `noForm` where none was seen.
    private var forms: [UInt8] = []

    private static let noForm: UInt8 = 0xFF
    /// The store's own numbers of groups by the history's, once these no longer fit in a record.
    private var ownGroups: [Int: UInt16]?

    /// False if the stream has shown the other form before.
    mutating func note(_ form: Position.Form, of stream: UInt32) -> Bool {
        let index = Int(stream)
        if index >= forms.count {
            let missing = max(names.count + 1, index + 1) - forms.count
            forms.append(contentsOf: repeatElement(HistoryBuilder.noForm, count: missing))
        }
        if forms[index] == HistoryBuilder.noForm { forms[index] = form.rawValue }
        return forms[index] == form.rawValue
    }

    /// The form that the stream's positions have shown so far.
    func form(of stream: UInt32) -> Position.Form? {
        Int(stream) < forms.count ? Position.Form(rawValue: forms[Int(stream)]) : nil
    }

    mutating func name(_ name: Name) -> UInt32 { UInt32(names.intern(name) + 1) }

    /// What a record says for a group of the history: its number, or, from the first number on that a record has no
    /// room for, that of a chunk's own numbering. Whoever asks appends the record next.
    @inline(__always)
    mutating func recordGroup(_ number: Int) -> UInt16 {
        if ownGroups == nil && number < Int(Record.none16) { return UInt16(number) }
        return ownGroup(number)
    }

    private mutating func ownGroup(_ number: Int) -> UInt16 {
        if let own = ownGroups?[number] { return own }
        if ownGroups == nil { numberGroups() }
        var own = store.add(group: UInt32(number))
        if own == nil {
            numberGroups()
            own = store.add(group: UInt32(number))
        }
        guard let own else { preconditionFailure("an empty store numbers its first group") }
        ownGroups?[number] = own
        return own
    }

    private mutating func numberGroups() {
        sealStore()
        store.numberGroups()
        ownGroups = [:]
    }

    /// Puts what was collected in the store behind the chunks that are there.
    mutating func sealStore() {
        store.seal()
        history.chunks.append(contentsOf: store.chunks)
        store = RecordStore()
        ownGroups = nil
    }

    consuming func finish() -> History {
        sealStore()
        var result = history
        result.names.reserveCapacity(names.count + 1)
        for number in 0..<names.count { result.names.append(names.name(number)) }
        for number in 0..<groups.count { result.groupNames.append(groups.name(number)) }
        for (number, raw) in forms.enumerated() where number != 0 {
            if let form = Position.Form(rawValue: raw) { result.forms[UInt32(number)] = form }
        }
        return result
    }
}
