import Access

/// What every guest is told first: who it is, and where the broker is found.
struct GuestGreeting {
    /// Of the protocol; a guest that knows another one ends.
    static let version: Int64 = 1

    var role: String
    var worker: String
    var run: String
    var client: ClientOrders

    func write(_ numbers: [(String, Int64)], _ texts: [(String, String)], into bytes: inout [UInt8]) {
        bytes.append(contentsOf: #"{"type":"#.utf8)
        JSONBytes.text(role, into: &bytes)
        for (name, number) in [("version", Self.version)] + numbers { Self.field(name, number, into: &bytes) }
        let own = [("worker", worker), ("run", run), ("broker", client.client), ("ack", client.ack)]
        for (name, text) in own + texts {
            Self.name(name, into: &bytes)
            JSONBytes.text(text, into: &bytes)
        }
        Self.name("addresses", into: &bytes)
        Self.list(client.addresses.map(GuestAccess.name(of:)), into: &bytes)
        Self.name("streams", into: &bytes)
        Self.list(client.streams, into: &bytes)
        Self.name("settings", into: &bytes)
        Self.object(client.settings.mapValues(Self.named), into: &bytes)
        if let cluster = Access.current?.cluster {
            Self.name("access", into: &bytes)
            bytes.append(contentsOf: GuestAccess(cluster).json)
        }
        bytes.append(contentsOf: "}\n".utf8)
    }

    /// The system has moved.
    static func addresses(_ addresses: [String], into bytes: inout [UInt8]) {
        bytes.append(contentsOf: #"{"type":"addresses","addresses":"#.utf8)
        list(addresses.map(GuestAccess.name(of:)), into: &bytes)
        bytes.append(contentsOf: "}\n".utf8)
    }

    /// A setting's value with servers as they are named.
    private static func named(_ value: String) -> String {
        value.split(separator: " ", omittingEmptySubsequences: false).map { GuestAccess.name(of: String($0)) }
            .joined(separator: " ")
    }

    private static func name(_ name: String, into bytes: inout [UInt8]) {
        bytes.append(0x2C)
        JSONBytes.text(name, into: &bytes)
        bytes.append(0x3A)
    }

    private static func field(_ name: String, _ number: Int64, into bytes: inout [UInt8]) {
        self.name(name, into: &bytes)
        bytes.append(contentsOf: String(number).utf8)
    }

    static func list(_ words: [String], into bytes: inout [UInt8]) {
        bytes.append(0x5B)
        for (place, word) in words.enumerated() {
            if place > 0 { bytes.append(0x2C) }
            JSONBytes.text(word, into: &bytes)
        }
        bytes.append(0x5D)
    }

    private static func object(_ fields: [String: String], into bytes: inout [UInt8]) {
        bytes.append(0x7B)
        for (place, field) in fields.sorted(by: { $0.key < $1.key }).enumerated() {
            if place > 0 { bytes.append(0x2C) }
            JSONBytes.text(field.key, into: &bytes)
            bytes.append(0x3A)
            JSONBytes.text(field.value, into: &bytes)
        }
        bytes.append(0x7D)
    }
}
