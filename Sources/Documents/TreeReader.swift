/// Builds the tree of one document from events, and refuses what a plain tree can't hold.
struct TreeReader {
    private let events: EventReader
    private var nodes = 0

    static func read(_ events: EventReader) throws(Diagnostic) -> Value {
        var reader = TreeReader(events: events)
        return try reader.document()
    }

    private init(events: EventReader) { self.events = events }

    private mutating func document() throws(Diagnostic) -> Value {
        _ = try events.next()
        let start = try events.next()
        guard case .documentStart(let hasTagDirectives) = start.kind else {
            throw Diagnostic(file: events.file, problem: "is empty", remedy: "it should hold a mapping of fields")
        }
        guard !hasTagDirectives else {
            throw refusal(start, "", "a %TAG directive is not taken here", "leave it out")
        }
        let root = try node(try events.next(), path: "", depth: 1)
        _ = try events.next()
        let after = try events.next()
        guard case .streamEnd = after.kind else {
            throw refusal(
                after, "", "a second document begins here", "keep one document in a file, without a further ---")
        }
        return root
    }

    private mutating func node(_ event: Event, path: String, depth: Int) throws(Diagnostic) -> Value {
        nodes += 1
        guard nodes <= DocumentLimits.nodes else {
            throw refusal(
                event, path, "the file has more than \(DocumentLimits.nodes) values", "split it into several files")
        }
        guard depth <= DocumentLimits.depth else {
            throw refusal(
                event, path, "lists and mappings are nested more than \(DocumentLimits.depth) deep", "nest them less")
        }
        if let anchor = event.anchor {
            throw refusal(event, path, "anchors (&\(printable(anchor))) are not taken", "write the value out")
        }
        if let tag = event.tag {
            throw refusal(event, path, "tags (\(printable(tag))) are not taken", "leave the tag out")
        }
        func value(_ content: Value.Content) -> Value {
            Value(content, file: events.file, line: event.line, column: event.column, path: path)
        }
        switch event.kind {
        case .scalar(let text, let plain):
            return value(.scalar(text, plain: plain))
        case .sequenceStart:
            return value(.sequence(try sequence(path: path, depth: depth)))
        case .mappingStart:
            return value(.mapping(try mapping(path: path, depth: depth)))
        case .alias(let anchor):
            throw refusal(event, path, "aliases (*\(printable(anchor))) are not taken", aliasRemedy)
        default:
            throw refusal(event, path, "a value is missing here", "write one")
        }
    }

    private let aliasRemedy = "write the value out; a text that begins with * needs quotes"

    private mutating func sequence(path: String, depth: Int) throws(Diagnostic) -> [Value] {
        var values: [Value] = []
        while true {
            let event = try events.next()
            if case .sequenceEnd = event.kind { return values }
            values.append(try node(event, path: "\(path)[\(values.count)]", depth: depth + 1))
        }
    }

    private mutating func mapping(path: String, depth: Int) throws(Diagnostic) -> [(key: Value, value: Value)] {
        var entries: [(key: Value, value: Value)] = []
        var lines: [String: Int] = [:]
        while true {
            let event = try events.next()
            if case .mappingEnd = event.kind { return entries }
            if case .alias(let anchor) = event.kind {
                throw refusal(event, path, "aliases (*\(printable(anchor))) are not taken", aliasRemedy)
            }
            guard case .scalar(let name, _) = event.kind, !name.isEmpty else {
                throw refusal(event, path, "this key is no text", "a key is a name, such as rate")
            }
            let inner = (path.isEmpty ? "" : path + ".") + printable(name)
            let key = try node(event, path: inner, depth: depth + 1)
            if let line = lines[name] {
                throw refusal(event, inner, "is given twice", "it stands on line \(line) already; keep one of them")
            }
            lines[name] = event.line
            entries.append((key, try node(try events.next(), path: inner, depth: depth + 1)))
        }
    }

    private func refusal(_ event: Event, _ path: String, _ problem: String, _ remedy: String) -> Diagnostic {
        Diagnostic(
            file: events.file, line: event.line, column: event.column, field: path, problem: problem, remedy: remedy)
    }
}
