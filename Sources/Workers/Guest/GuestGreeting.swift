import Foundation

/// The first line of a guest's input, as JSON has it: a property is a field, and one that is nil is not there.
protocol GuestGreeting: Encodable {
    /// What the guest is to be: the line's type.
    static var role: String { get }
}

extension GuestGreeting {
    /// - Parameter client: its fields stand beside the greeting's own.
    func write(_ client: GuestClient? = nil, into bytes: inout [UInt8]) throws(WorkerError) {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            bytes.append(contentsOf: try encoder.encode(GuestLine(greeting: self, client: client)))
        } catch {
            throw WorkerError("orders that JSON cannot say: \(error)")
        }
        bytes.append(0x0A)
    }
}

private struct GuestLine<Greeting: GuestGreeting>: Encodable {
    /// Of the protocol; a guest that knows another one ends.
    private static var version: Int { 1 }

    var greeting: Greeting
    var client: GuestClient?

    private enum CodingKeys: CodingKey {
        case type, version
    }

    func encode(to encoder: any Encoder) throws {
        try greeting.encode(to: encoder)
        try client?.encode(to: encoder)
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(Greeting.role, forKey: .type)
        try fields.encode(Self.version, forKey: .version)
    }
}

/// The system has moved.
struct GuestAddresses: Encodable {
    var type = "addresses"
    var addresses: [String]

    static func write(_ addresses: [String], into bytes: inout [UInt8]) {
        // Of nothing but texts: it cannot fail.
        let line = try? JSONEncoder().encode(Self(addresses: addresses.map(GuestClient.name(of:))))
        bytes.append(contentsOf: (line.map(Array.init) ?? []) + [0x0A])
    }
}
