public import History

/// A JSON value that is written the same way every time, byte for byte.
///
/// Foundation's encoders keep objects in dictionaries of `String`, which takes keys for one that differ in bytes but
/// are canonically equivalent ("é" as one scalar or as two): two groups would become one. Here keys are `Name`s,
/// and members are written in the order of their keys' UTF-8 bytes.
public enum JSON: Equatable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case unsigned(UInt64)
    /// What is no finite number is written as null.
    case number(Double)
    case string(String)
    case array([JSON])
    case object([Name: JSON])

    /// The text on one line, without spaces and without a line's end.
    public var compact: String {
        var writer = JSONWriter(indented: false)
        writer.write(self, depth: 0)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// The text with a member or element a line, indented by two spaces; small values without any nesting stay on
    /// one line. Ends with a line's end.
    public var pretty: String {
        var writer = JSONWriter(indented: true)
        writer.write(self, depth: 0)
        writer.bytes.append(0x0A)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

extension JSON: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(nilLiteral: ()) { self = .null }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(integerLiteral value: Int64) { self = .integer(value) }
    public init(stringLiteral value: String) { self = .string(value) }
    public init(arrayLiteral elements: JSON...) { self = .array(elements) }

    public init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(Dictionary(elements.map { (Name($0), $1) }, uniquingKeysWith: { $1 }))
    }
}

private struct JSONWriter {
    var bytes: [UInt8] = []
    let indented: Bool

    init(indented: Bool) { self.indented = indented }

    mutating func write(_ value: JSON, depth: Int) {
        switch value {
        case .null: append("null")
        case .bool(let value): append(value ? "true" : "false")
        case .integer(let value): append(String(value))
        case .unsigned(let value): append(String(value))
        case .number(let value): append(value.isFinite ? value.description : "null")
        case .string(let value): quote(value)
        case .array(let elements): write(elements, depth: depth)
        case .object(let members): write(members, depth: depth)
        }
    }

    private mutating func write(_ elements: [JSON], depth: Int) {
        let split = indented && elements.contains(where: \.isNested)
        append("[")
        for (index, element) in elements.enumerated() {
            separate(index, split: split, depth: depth + 1)
            write(element, depth: depth + 1)
        }
        if split { breakLine(depth) }
        append("]")
    }

    private mutating func write(_ members: [Name: JSON], depth: Int) {
        let split = indented && (depth == 0 || members.values.contains(where: \.isNested))
        append("{")
        for (index, member) in members.sorted(by: { $0.key < $1.key }).enumerated() {
            separate(index, split: split, depth: depth + 1)
            quote(member.key.text)
            append(indented ? ": " : ":")
            write(member.value, depth: depth + 1)
        }
        if split && !members.isEmpty { breakLine(depth) }
        append("}")
    }

    private mutating func separate(_ index: Int, split: Bool, depth: Int) {
        if index > 0 { append(indented && !split ? ", " : ",") }
        if split { breakLine(depth) }
    }

    private mutating func breakLine(_ depth: Int) {
        bytes.append(0x0A)
        bytes.append(contentsOf: repeatElement(0x20, count: 2 * depth))
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func quote(_ text: String) {
        bytes.append(0x22)
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C && $0 != 0x7F }) {
            append(text)
        } else {
            escape(text)
        }
        bytes.append(0x22)
    }

    private mutating func escape(_ text: String) {
        let digits = Array("0123456789abcdef".utf8)
        for byte in text.utf8 {
            switch byte {
            case 0x22: append("\\\"")
            case 0x5C: append("\\\\")
            case 0x0A: append("\\n")
            case 0x0D: append("\\r")
            case 0x09: append("\\t")
            case 0..<0x20, 0x7F:
                append("\\u00")
                bytes.append(digits[Int(byte >> 4)])
                bytes.append(digits[Int(byte & 15)])
            default: bytes.append(byte)
            }
        }
    }
}

extension JSON {
    fileprivate var isNested: Bool {
        switch self {
        case .array(let elements): !elements.isEmpty
        case .object(let members): !members.isEmpty
        default: false
        }
    }
}
