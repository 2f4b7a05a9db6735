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
    static let groupLimit = Int(Record.none16)

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

    /// Puts what was collected in the store behind the chunks that are there.
    mutating func sealStore() {
        store.seal()
        history.chunks.append(contentsOf: store.chunks)
        store = RecordStore()
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
