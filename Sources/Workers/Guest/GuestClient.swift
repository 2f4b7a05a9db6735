import Access

/// Where a client under audit finds its broker, and how it gets in.
struct GuestClient: Encodable {
    var broker: String
    var addresses: [String]
    var streams: [String]
    var settings: [String: String]
    /// Nil: everybody may come in.
    var access: GuestAccess?

    init(_ client: ClientOrders) {
        (broker, streams) = (client.client, client.streams)
        addresses = client.addresses.map(Self.name(of:))
        settings = client.settings.mapValues { value in
            value.split(separator: " ", omittingEmptySubsequences: false).map { Self.name(of: String($0)) }
                .joined(separator: " ")
        }
        access = Access.current.map { GuestAccess($0.cluster) }
    }

    /// A server as its certificate knows it, where a cluster's file names it; else as it is.
    static func name(of address: String) -> String {
        Access.current?.servers.first { $0.text == address }?.member.text ?? address
    }
}
