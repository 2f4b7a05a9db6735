import Foundation

/// JSON as it stands in a file, for looking at what the program wrote without the types that wrote it.
public enum JSONValue: Equatable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case unsigned(UInt64)
    case number(Double)
    case string(String)
    case list([JSONValue])
    case object([String: JSONValue])

    public init(_ text: String) throws {
        do {
            self.init(try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed))
        } catch {
            throw JSONFailure("no JSON: \(text.prefix(200))")
        }
    }

    private init(_ value: Any) {
        switch value {
        case let text as String: self = .string(text)
        case let list as [Any]: self = .list(list.map(JSONValue.init(_:)))
        case let members as [String: Any]: self = .object(members.mapValues(JSONValue.init(_:)))
        case let number as NSNumber: self = JSONValue(number)
        default: self = .null
        }
    }

    private init(_ number: NSNumber) {
        // As the types are told apart where numbers are boxed.
        switch String(cString: number.objCType) {
        case "c", "B": self = .bool(number.boolValue)
        case "d", "f": self = .number(number.doubleValue)
        case "Q": self = Int64(exactly: number.uint64Value).map(JSONValue.integer) ?? .unsigned(number.uint64Value)
        default: self = .integer(number.int64Value)
        }
    }

    /// The member of that name; with dots, a member's member.
    public subscript(_ path: String) -> JSONValue? {
        path.split(separator: ".").reduce(self as JSONValue?) { value, name in
            guard case .object(let members)? = value else { return nil }
            return members[String(name)]
        }
    }

    public var string: String? { if case .string(let text) = self { text } else { nil } }
    public var integer: Int64? { if case .integer(let number) = self { number } else { nil } }
    public var bool: Bool? { if case .bool(let bool) = self { bool } else { nil } }
    public var array: [JSONValue] { if case .list(let elements) = self { elements } else { [] } }
    public var members: [String: JSONValue] { if case .object(let members) = self { members } else { [:] } }
    public var strings: [String] { array.compactMap(\.string) }
}

public struct JSONFailure: Error, CustomStringConvertible {
    public let description: String
    public init(_ description: String) { self.description = description }
}

/// What an interchange file says, as far as tests count it by themselves.
public struct Lines {
    public let lines: [JSONValue]

    public init(_ text: String) throws {
        lines = try text.split(separator: "\n").map { try JSONValue(String($0)) }
    }

    public func of(_ type: String) -> [JSONValue] { lines.filter { $0["type"]?.string == type } }

    public static func event(_ line: JSONValue) -> String {
        "\(line["agent"]?.integer ?? -1)/\(line["seq"]?.integer ?? -1)"
    }

    /// Acknowledged events that no replay has, counted without the checker.
    public var lost: Int {
        let acked = of("outcome").filter { $0["result"]?.string == "acked" }.map(Self.event)
        return Set(acked).subtracting(of("replay").map(Self.event)).count
    }

    public var acked: Int { Set(of("outcome").filter { $0["result"]?.string == "acked" }.map(Self.event)).count }
}
