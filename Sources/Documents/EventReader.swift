import CYAML

/// One event of libyaml, without its pointers.
struct Event {
    enum Kind {
        case streamStart, streamEnd, documentEnd, sequenceStart, sequenceEnd, mappingStart, mappingEnd, none
        case documentStart(hasTagDirectives: Bool)
        case alias(String)
        case scalar(String, plain: Bool)
    }

    var kind: Kind
    var anchor: String?
    var tag: String?
    var line: Int
    var column: Int
}

/// Owns a libyaml parser and the bytes that it reads: the parser keeps pointers to both, itself included, so they live
/// at addresses of their own until `deinit`.
final class EventReader {
    let file: String
    private let bytes: [UInt8]
    private let input: UnsafeMutableBufferPointer<UInt8>
    private let parser: UnsafeMutablePointer<yaml_parser_t>

    init(_ bytes: [UInt8], file: String) throws(Diagnostic) {
        (self.bytes, self.file) = (bytes, file)
        input = .allocate(capacity: bytes.count)
        _ = input.initialize(from: bytes)
        parser = .allocate(capacity: 1)
        parser.initialize(to: yaml_parser_t())
        guard yaml_parser_initialize(parser) == 1 else {
            throw Diagnostic(file: file, problem: "cannot be read: libyaml has no memory")
        }
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, UnsafePointer(input.baseAddress), bytes.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
        input.deallocate()
    }

    func next() throws(Diagnostic) -> Event {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw failure() }
        defer { yaml_event_delete(&event) }
        let mark = event.start_mark
        var result = Event(kind: .none, line: Int(mark.line) + 1, column: Int(mark.column) + 1)
        switch event.type {
        case YAML_STREAM_START_EVENT: result.kind = .streamStart
        case YAML_STREAM_END_EVENT: result.kind = .streamEnd
        case YAML_DOCUMENT_START_EVENT:
            let directives = event.data.document_start.tag_directives
            result.kind = .documentStart(hasTagDirectives: directives.start != directives.end)
        case YAML_DOCUMENT_END_EVENT: result.kind = .documentEnd
        case YAML_ALIAS_EVENT: result.kind = .alias(text(event.data.alias.anchor) ?? "")
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let content = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            result.kind = .scalar(
                String(decoding: content, as: UTF8.self), plain: scalar.style == YAML_PLAIN_SCALAR_STYLE)
            (result.anchor, result.tag) = (text(scalar.anchor), text(scalar.tag))
        case YAML_SEQUENCE_START_EVENT:
            result.kind = .sequenceStart
            (result.anchor, result.tag) = (text(event.data.sequence_start.anchor), text(event.data.sequence_start.tag))
        case YAML_SEQUENCE_END_EVENT: result.kind = .sequenceEnd
        case YAML_MAPPING_START_EVENT:
            result.kind = .mappingStart
            (result.anchor, result.tag) = (text(event.data.mapping_start.anchor), text(event.data.mapping_start.tag))
        case YAML_MAPPING_END_EVENT: result.kind = .mappingEnd
        default: result.kind = .none
        }
        return result
    }

    private func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        pointer.map { String(cString: $0) }
    }

    /// libyaml's own words, with the place.
    private func failure() -> Diagnostic {
        let parser = parser.pointee
        var problem = parser.problem.map { String(cString: $0) } ?? "cannot be read as YAML"
        if parser.error == YAML_READER_ERROR {
            let (line, column) = YAML.place(of: Int(parser.problem_offset), in: bytes)
            return Diagnostic(
                file: file, line: line, column: column, problem: problem,
                remedy: "remove the character, or write it as an escape in double quotes")
        }
        let mark = parser.problem_mark
        if let context = parser.context {
            problem += " (\(String(cString: context)) at line \(parser.context_mark.line + 1))"
        }
        let index = Int(mark.index)
        let isTab = byte(atCharacter: index) == 0x09
        return Diagnostic(
            file: file, line: Int(mark.line) + 1, column: Int(mark.column) + 1, problem: problem,
            remedy: isTab ? "indent with spaces: YAML takes no tabs there" : "the file is not YAML here")
    }

    /// The first byte of the character with this number; libyaml's marks count characters.
    private func byte(atCharacter index: Int) -> UInt8? {
        var count = -1
        for byte in bytes where byte & 0xC0 != 0x80 {
            count += 1
            if count == index { return byte }
        }
        return nil
    }
}
