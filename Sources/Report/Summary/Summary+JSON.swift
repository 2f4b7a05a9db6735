public import Foundation

extension Summary {
    /// The bytes of `summary.json`: sorted keys, indented, with a line feed at the end.
    public func encoded() throws(ReportError) -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        do {
            return try encoder.encode(self) + Data("\n".utf8)
        } catch {
            throw ReportError("the summary cannot be written as JSON: \(error)")
        }
    }

    public static func decoded(from data: Data, path: String) throws(ReportError) -> Summary {
        do {
            return try JSONDecoder().decode(Summary.self, from: data)
        } catch {
            throw ReportError("\(path) is no summary of a run: \(ReportError.detail(of: error))")
        }
    }
}

/// Why a report could not be read or written.
public struct ReportError: Error, Equatable, Sendable, CustomStringConvertible {
    public var message: String

    public init(_ message: String) { self.message = message }

    public var description: String { message }

    /// What a decoder has against a file, with the field.
    static func detail(of error: any Error) -> String {
        func place(_ context: DecodingError.Context) -> String {
            let path = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? ".\($0.stringValue)" }.joined()
            return path.hasPrefix(".") ? String(path.dropFirst()) : path.isEmpty ? "the file" : path
        }
        switch error {
        case DecodingError.keyNotFound(let key, let context): return "\(place(context)) has no `\(key.stringValue)`"
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
            DecodingError.dataCorrupted(let context):
            return "\(place(context)): \(context.debugDescription)"
        default: return "\(error)"
        }
    }
}
