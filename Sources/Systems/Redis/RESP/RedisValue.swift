/// A reply of the server, copied out of the reader: for the control plane, where nothing is large.
indirect enum RedisValue: Equatable, Sendable {
    case status(String)
    case error(String)
    case integer(Int64)
    case bytes([UInt8])
    case array([RedisValue])
    case nothing

    /// As a person would read it: an array has a line for each element.
    var text: String {
        switch self {
        case .status(let text), .error(let text): text
        case .integer(let number): String(number)
        case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
        case .array(let values): values.map(\.text).joined(separator: "\n")
        case .nothing: "(nil)"
        }
    }

    var isError: Bool {
        if case .error = self { return true }
        return false
    }

    /// The value of `name` in a reply to INFO.
    func info(_ name: String) -> Substring? {
        for line in text.split(whereSeparator: \.isNewline) where line.hasPrefix(name) {
            let rest = line.dropFirst(name.count)
            if rest.first == ":" { return rest.dropFirst() }
        }
        return nil
    }
}
