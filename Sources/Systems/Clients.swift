import History
public import Workers
import Workload

/// The client of each broker, as workers use it. A new broker is a line in each.
public enum Clients {
    /// Plays a producer's orders with the client that they name; returns the process's exit status.
    public static func produce(_ orders: ProducerOrders) throws(WorkerError) -> Int32 {
        if orders.guest != nil { return try GuestWorkers.produce(orders, form: try form(of: orders.client)) }
        switch orders.client.client {
        case "redis":
            if let watch = try ClusterWatch(orders.client) {
                return try produce(orders, by: try ClusterPublisher(orders, watch: watch))
            }
            return try produce(orders, by: try RedisPublisher(orders))
        case "kafka": return ProducerWorker.run(orders, publisher: try KafkaPublisher(orders))
        default: throw WorkerError("there is no client \"\(orders.client.client)\"; built are redis and kafka")
        }
    }

    /// With a second client where some kinds go straight to Kafka.
    private static func produce(_ orders: ProducerOrders, by publisher: some Publisher) throws(WorkerError) -> Int32 {
        guard let straight = orders.straight else { return ProducerWorker.run(orders, publisher: publisher) }
        guard straight.client.client == "kafka" else {
            throw WorkerError("there is no way straight to \"\(straight.client.client)\"; built is kafka")
        }
        return ProducerWorker.run(
            orders,
            publisher: try TieredPublisher(
                publisher, try KafkaPublisher(orders.straightOrders(straight)), kinds: orders.workload.additionalKinds))
    }

    /// Plays a consumer's orders with the client that they name; returns the process's exit status.
    public static func consume(_ orders: ConsumerOrders) throws(WorkerError) -> Int32 {
        if orders.guest != nil { return try GuestWorkers.consume(orders, form: try form(of: orders.client)) }
        return switch orders.client.client {
        case "redis":
            ConsumerWorker.run(orders, subscriber: try RedisSubscriber(orders), answers: try answers(orders))
        case "kafka":
            ConsumerWorker.run(orders, subscriber: try KafkaSubscriber(orders), answers: try answers(orders))
        default: throw WorkerError("there is no client \"\(orders.client.client)\"; built are redis and kafka")
        }
    }

    /// Connections of an executor, at the most, where each write has to wait for others over the same one.
    private static let answerConnections = 32

    /// What an executor answers by; nil: it is none.
    private static func answers(_ orders: ConsumerOrders) throws(WorkerError) -> (any Forwarder)? {
        guard let client = orders.results?.client else { return nil }
        switch client.client {
        case "redis":
            if let watch = try ClusterWatch(client) {
                return try ClusterPublisher(
                    client, watch: watch, agents: answerConnections, slots: orders.group.batch, timeout: orders.timeout,
                    codec: nil)
            }
            return try RedisPublisher(
                client, agents: answerConnections, slots: 0, timeout: orders.timeout, codec: nil)
        case "kafka":
            return try KafkaPublisher(
                client, worker: orders.worker, run: orders.run, slots: orders.group.batch, timeout: orders.timeout)
        default: throw WorkerError("there is no client \"\(client.client)\"; built are redis and kafka")
        }
    }

    /// Plays a bridge's orders between the clients that they name; returns the process's exit status.
    public static func bridge(_ orders: BridgeOrders) throws(WorkerError) -> Int32 {
        if let guest = orders.guest { return GuestWorkers.bridge(orders, guest) }
        return switch (orders.hot.client, orders.cold.client) {
        case ("redis", "kafka") where orders.bridge.transactions:
            BridgeWorker.run(
                orders, subscriber: try RedisSubscriber(orders.reading),
                forwarder: try KafkaTransactionForwarder(orders))
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
