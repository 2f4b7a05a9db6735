import Glibc

/// A name as histories know it: equal, ordered and hashed by its UTF-8 bytes.
///
/// `String` compares by canonical equivalence, so "é" written in two ways would be one stream; to a broker they are
/// two. Names of streams, groups, consumers, runs, transactions and kinds are therefore never compared as `String`.
public struct Name: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let text: String

    public init(_ text: String) { self.text = text }

    public var description: String { text }

    public static func == (a: Name, b: Name) -> Bool {
        a.withBytes { a in b.withBytes { b in a.count == b.count && compare(a, b) == 0 } }
    }

    public static func < (a: Name, b: Name) -> Bool {
        a.withBytes { a in
            b.withBytes { b in
                let order = compare(a, b)
                return order != 0 ? order < 0 : a.count < b.count
            }
        }
    }

    public func hash(into hasher: inout Hasher) {
        withBytes { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        hasher.combine(UInt8(0xFF))
    }

    /// As far as both go.
    private static func compare(_ a: UnsafeBufferPointer<UInt8>, _ b: UnsafeBufferPointer<UInt8>) -> Int32 {
        guard let first = a.baseAddress, let second = b.baseAddress else { return 0 }
        return memcmp(first, second, min(a.count, b.count))
    }

    @inline(__always)
    private func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        if let result = text.utf8.withContiguousStorageIfAvailable(body) { return result }
        return Array(text.utf8).withUnsafeBufferPointer(body)
    }
}

extension Name: Codable, CodingKeyRepresentable {
    private struct Key: CodingKey {
        let stringValue: String
        let intValue: Int? = nil
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { return nil }
    }

    public var codingKey: any CodingKey { Key(stringValue: text) }

    public init?<T: CodingKey>(codingKey: T) { self.init(codingKey.stringValue) }

    public init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
