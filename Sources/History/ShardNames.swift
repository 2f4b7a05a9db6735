import CChecksum

/// A shard's own numbering of names, and where each leads in the whole history.
struct ShardNames {
    /// From the shard's numbers to the history's; 0 leads to 0.
    private(set) var names: [UInt32] = [0]
    private(set) var groups: [UInt32] = []
    /// By the shard's number, what a definition said: a raw form, or `unset`.
    private var declared: [UInt8] = [unset]
    /// The same of streams that a record has shown a position of.
    private var forms: [UInt8] = [unset]
    private var partial: Partial?
    private let usual: Position.Form

    private static let unset: UInt8 = 0xFF

    private struct Partial {
        let table: ShardFormat.Table
        let length: Int
        var bytes: [UInt8] = []
    }

    /// - Parameter system: the header's; it says how streams write their positions where no definition does.
    init(system: String) { usual = system == "kafka" ? .offset : .entry }

    /// A text is half defined: nothing but its rest may follow.
    var unfinished: Bool { partial != nil }

    /// Takes a record of type definition; false if no writer would have written it here.
    mutating func define(_ record: Record, _ builder: inout HistoryBuilder) -> Bool {
        switch ShardFormat.Table(rawValue: record.word) {
        case .forms: return partial == nil && declareForm(record)
        case .names: return take(record, .names, next: names.count, &builder)
        case .groups: return take(record, .groups, next: groups.count, &builder)
        case nil: return false
        }
    }

    private mutating func declareForm(_ record: Record) -> Bool {
        let number = Int(record.crc)
        guard number > 0, number < names.count, let raw = UInt8(exactly: record.second),
            Position.Form(rawValue: raw) != nil, forms[number] == ShardNames.unset,
            declared[number] == ShardNames.unset
        else { return false }
        declared[number] = raw
        return true
    }

    private mutating func take(
        _ record: Record, _ table: ShardFormat.Table, next: Int, _ builder: inout HistoryBuilder
    ) -> Bool {
        var part = partial ?? Partial(table: table, length: Int(record.second))
        guard Int(record.crc) == next, part.table == table, part.length == Int(record.second),
            Int(record.stream) == part.bytes.count
        else { return false }
        let count = min(ShardFormat.textLength, part.length - part.bytes.count)
        withUnsafeBytes(of: record) { raw in
            part.bytes.append(contentsOf: raw[ShardFormat.textOffset..<ShardFormat.textOffset + count])
        }
        guard part.bytes.count == part.length else {
            partial = part
            return true
        }
        partial = nil
        guard let text = String(validating: part.bytes, as: UTF8.self) else { return false }
        if table == .groups {
            guard groups.count < Int(Record.none16) else { return false }
            groups.append(UInt32(builder.groups.intern(Name(text))))
        } else {
            names.append(builder.name(Name(text)))
            forms.append(ShardNames.unset)
            declared.append(ShardNames.unset)
        }
        return true
    }

    /// Whether a position is one that this stream can have.
    @inline(__always)
    mutating func allows(_ record: Record, _ builder: inout HistoryBuilder) -> Bool {
        let raw = forms[Int(record.stream)]
        if raw == Position.Form.entry.rawValue { return true }
        if raw == Position.Form.offset.rawValue { return record.minor == 0 && record.major <= UInt64(Int64.max) }
        return settleForm(record, &builder)
    }

    @inline(never)
    private mutating func settleForm(_ record: Record, _ builder: inout HistoryBuilder) -> Bool {
        let stream = Int(record.stream)
        let form = Position.Form(rawValue: declared[stream]) ?? builder.form(of: names[stream]) ?? usual
        forms[stream] = form.rawValue
        return builder.note(form, of: names[stream]) && allows(record, &builder)
    }
}

extension ShardNames {
    /// Whether a record of any type but definition is one that a writer could have written: its names are defined and
    /// its numbers in range. Whoever reads the history afterwards relies on it.
    @inline(__always)
    mutating func admits(_ r: Record, logs: Int, _ builder: inout HistoryBuilder) -> Bool {
        let defined = UInt32(truncatingIfNeeded: names.count)
        guard r.t | r.agent | r.seq >= 0, r.stream < defined, r.last < defined else { return false }
        switch r.type {
        case .attempt:
            return r.attemptNumber >= 1 && r.second > 0 && r.second < defined && logKnown(r, logs)
        case .outcome:
            guard r.attemptNumber >= 1, r.word & 3 != 3, logKnown(r, logs) else { return false }
            return r.has(Record.Flags.noPosition) || r.stream > 0 && allows(r, &builder)
        case .replay:
            return r.t >= 1 && r.stream > 0 && contentWhole(r, defined, runNeeded: true) && allows(r, &builder)
        case .delivery:
            return r.logOrGroup < groups.count && r.stream > 0 && r.last > 0
                && contentWhole(r, defined, runNeeded: false) && allows(r, &builder)
        case .ack, .processed:
            return r.logOrGroup < groups.count && r.stream > 0 && r.last > 0 && allows(r, &builder)
        case .commit:
            return r.logOrGroup < groups.count && r.stream > 0 && allows(r, &builder)
        case .transaction:
            return r.crc > 0 && r.crc < defined && r.word & 3 != 3
        case .replayEnd:
            return r.t >= 1 && r.stream > 0
        case .gap:
            return r.crc > 0 && r.crc < defined && r.second > 0 && r.second < defined
        case .definition, nil:
            return false
        }
    }

    @inline(__always)
    private func logKnown(_ r: Record, _ logs: Int) -> Bool {
        r.logOrGroup == Record.none16 || Int(r.logOrGroup) < logs
    }

    @inline(__always)
    private func contentWhole(_ r: Record, _ defined: UInt32, runNeeded: Bool) -> Bool {
        let flags = Record.Flags.self
        guard r.second < defined, r.has(flags.noRun) == (r.second == 0) else { return false }
        if r.word & (flags.noAgent | flags.noSeq | flags.noCRC | flags.noRun) == 0 { return true }
        return r.has(flags.noAgent) || !r.has(flags.noSeq | flags.noCRC) && !(runNeeded && r.has(flags.noRun))
    }
}
