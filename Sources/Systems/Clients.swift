import History
public import Workers

/// The client of each broker, as workers use it. A new broker is a line in each.
public enum Clients {
    /// Plays a producer's orders with the client that they name; returns the process's exit status.
    public static func produce(_ orders: ProducerOrders) throws(WorkerError) -> Int32 {
        if orders.guest != nil { return try GuestWorkers.produce(orders, form: try form(of: orders.client)) }
        switch orders.client.client {
        case "redis":
            return if let watch = try ClusterWatch(orders.client) {
                ProducerWorker.run(orders, publisher: try ClusterPublisher(orders, watch: watch))
            } else {
                ProducerWorker.run(orders, publisher: try RedisPublisher(orders))
            }
        case "kafka": return ProducerWorker.run(orders, publisher: try KafkaPublisher(orders))
        default: throw WorkerError("there is no client \"\(orders.client.client)\"; built are redis and kafka")
        }
    }

    /// Plays a consumer's orders with the client that they name; returns the process's exit status.
    public static func consume(_ orders: ConsumerOrders) throws(WorkerError) -> Int32 {
        switch orders.client.client {
        case "redis": ConsumerWorker.run(orders, subscriber: try RedisSubscriber(orders))
        case "kafka": ConsumerWorker.run(orders, subscriber: try KafkaSubscriber(orders))
        default: throw WorkerError("there is no client \"\(orders.client.client)\"; built are redis and kafka")
        }
    }

    /// Plays a bridge's orders between the clients that they name; returns the process's exit status.
    public static func bridge(_ orders: BridgeOrders) throws(WorkerError) -> Int32 {
        switch (orders.hot.client, orders.cold.client) {
        case ("redis", "kafka"):
            BridgeWorker.run(
                orders, subscriber: try RedisSubscriber(orders.reading), forwarder: try KafkaPublisher(orders))
        case (let hot, let cold):
            throw WorkerError("there is no bridge from \"\(hot)\" to \"\(cold)\"; built is redis to kafka")
        }
    }

    /// How positions of the broker's streams are written.
    private static func form(of client: ClientOrders) throws(WorkerError) -> Position.Form {
        switch client.client {
        case "redis": .entry
        case "kafka": .offset
        default: throw WorkerError("there is no client \"\(client.client)\"; built are redis and kafka")
        }
    }
}
