public import Workers

/// Which client the orders of a worker mean. A new one is one line here.
public enum Clients {
    /// Plays the orders to their end in this process; returns its exit code.
    /// - Throws: when the orders mean no client, or it cannot work with them. Nothing has begun then.
    public static func produce(_ orders: ProducerOrders) throws(ProducerError) -> Int32 {
        switch orders.client.client {
        case "redis": return ProducerWorker.run(orders, publisher: try RedisPublisher(orders))
        default: throw ProducerError("client: there is no client `\(orders.client.client)`")
        }
    }
}
