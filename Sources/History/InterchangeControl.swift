/// Lines that say what is said once: the header, groups, faults.
extension InterchangeReader {
    mutating func readHeader() throws(LineProblem) {
        let version = try scanner.whole(.version)
        guard version == 1 else {
            throw LineProblem(field: Field.version.key, text: "\(version) is not known; this Holdfast reads version 1")
        }
        var header = History.Header()
        header.run = Name(try scanner.text(.run))
        header.system = try scanner.text(.system)
        header.configuration = try scanner.text(.configuration)
        header.fault = try scanner.optionalText(.fault)
        header.seed = try scanner.whole(.seed)
        header.retries = try scanner.text(.retries)
        if let slot = scanner.optional(.retention) {
            guard slot.kind == .object else { throw wrongKind(slot, Field.retention.key, "an object or null") }
            header.retention = true
        }
        if let slot = scanner.optional(.logs) { header.logs = try LogsReader.read(slot) }
        if let slot = scanner.optional(.shards) { header.shards = try ShardsReader.read(slot) }
        for log in header.logs { _ = logs.intern(log.name) }
        builder.history.header = header
    }

    /// The log that a field names, as an index in the header; nil if it is absent or null.
    func log(_ field: Field) throws(LineProblem) -> Int? {
        guard let slot = scanner.optional(field) else { return nil }
        guard slot.kind == .string else { throw wrongKind(slot, field.key, "a string") }
        let found: Int?
        if slot.escaped {
            let bytes = try unescaped(slot, field.key)
            found = bytes.withUnsafeBufferPointer { logs.find($0) }
        } else {
            found = logs.find(slot.bytes)
        }
        guard let found else {
            throw LineProblem(field: field.key, text: "\(shown(slot.bytes)) is no log that the first line names")
        }
        return found
    }

    @inline(__always)
    func logNumber() throws(LineProblem) -> UInt16 {
        guard let log = try log(.log) else { return Record.none16 }
        return UInt16(log)
    }

    mutating func readGroup() throws(LineProblem) {
        var group = History.Group(name: Name(try scanner.text(.group)))
        let before = groupsSaid.count
        guard groupsSaid.intern(group.name) == before else {
            throw LineProblem(field: Field.group.key, text: "a second record of group \(group.name)")
        }
        if scanner.optional(.isolation) != nil {
            _ = try scanner.word(.isolation, "read_committed")
            group.readCommitted = true
        }
        let log = try self.log(.log)
        let dead = try self.log(.dead)
        // Without a log of its own, a group reads the first.
        if let dead, dead == log ?? 0 {
            throw LineProblem(field: Field.dead.key, text: "\(logs.name(dead)) is the log that the group reads")
        }
        group.log = log.map { logs.name($0) }
        group.dead = dead.map { logs.name($0) }
        group.processing = try scanner.flag(.processing)
        builder.history.groups.append(group)
    }

    mutating func readGroupEnd() throws(LineProblem) {
        let group = Name(try scanner.text(.group))
        let stream = try name(.stream)
        var passed: Position?
        if let slot = scanner.optional(.passed) {
            let (position, form) = try positionValue(slot, Field.passed.key)
            try check(form, of: stream, .passed)
            passed = position
        }
        let slot = try scanner.required(.pending)
        guard slot.kind == .array else { throw wrongKind(slot, Field.pending.key, "an array of positions") }
        var pending: [Position] = []
        var list = ValueList(slot)
        while let element = try list.next() {
            let (position, form) = try positionValue(element, Field.pending.key)
            try check(form, of: stream, .pending)
            pending.append(position)
        }
        builder.history.groupEnds.append(
            History.GroupEnd(
                group: group, stream: builder.names.name(Int(stream) - 1), passed: passed, pending: pending))
    }

    mutating func readFault() throws(LineProblem) {
        let t = try scanner.whole(.t)
        let id = try scanner.whole(.id)
        let action = try scanner.text(.action)
        let node = try scanner.optionalText(.node)
        let phase: History.FaultRecord.Phase =
            switch try scanner.word(.phase, "begin", "effect", "end") {
            case 0: .begin
            case 1: .effect
            default: .end
            }
        let detail = try scanner.optionalText(.detail)
        builder.history.faults.append(
            History.FaultRecord(t: t, id: id, action: action, node: node, phase: phase, detail: detail))
    }
}
