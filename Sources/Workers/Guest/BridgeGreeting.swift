import Workload

/// The one line of orders that a bridge under audit reads: where the two logs are, and what of one goes to the other.
struct BridgeGreeting: EncodedGreeting {
    struct Tier: Encodable {
        var broker: String
        var addresses: [String]
        var streams: [String]
        var settings: [String: String]

        init(_ client: ClientOrders) {
            (broker, addresses) = (client.client, client.addresses)
            (streams, settings) = (client.streams, client.settings)
        }
    }

    var type = BridgeOrders.role
    var version = GuestGreeting.version
    var worker: String
    var run: String
    var group: String
    var consumer: String
    /// By name, what stands for each of them in a value.
    var kinds: [String: Int]
    var batch: Int
    /// Nanoseconds.
    var claim: Int64
    var hot: Tier
    var cold: Tier

    init(_ orders: BridgeOrders) {
        (worker, run, group) = (orders.worker, orders.run, orders.groupName)
        // Each life is a consumer of its own: what the one before it held is to be claimed.
        consumer = orders.worker
        kinds = Dictionary(uniqueKeysWithValues: orders.bridge.kinds.map { ($0.name, Int($0.rawValue)) })
        (batch, claim) = (orders.bridge.batch, orders.bridge.claim)
        (hot, cold) = (Tier(orders.hot), Tier(orders.cold))
    }
}
