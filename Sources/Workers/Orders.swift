public import Access

/// What a producer must know of the system that it publishes to.
public struct ClientOrders: Codable, Sendable {
    /// `redis`, later `kafka`: which client the worker uses.
    public var client: String
    /// Where to connect, `address:port`, in order of preference.
    public var addresses: [String]
    /// Streams of the events; agent `a` publishes to `streams[a % streams.count]`.
    public var streams: [String]
    /// What counts as acknowledged: `reply`, `wait 1 1000`, …
    public var ack: String
    /// Settings of the client itself.
    public var settings: [String: String]
    /// The cluster that it is let at: the one that whoever gives the orders was let at.
    public var access: Access.Orders?

    public init(client: String, addresses: [String], streams: [String], ack: String, settings: [String: String] = [:]) {
        (self.client, self.addresses, self.streams) = (client, addresses, streams)
        (self.ack, self.settings) = (ack, settings)
        access = Access.current?.orders
    }
}
