import Access
import Systems
import Workers

struct WorkerCommand: Command {
    static let name = "worker"
    static let synopsis = "produce|consume|bridge ORDERS.json"
    static let about = "One worker of a trial; started by `holdfast run`."
    static let isHidden = true

    static func run(_ arguments: Arguments) throws -> Int32 {
        guard arguments.rest.count == 2 else { throw UsageError("\(name) needs \(synopsis)") }
        let path = arguments.rest[1]
        switch arguments.rest[0] {
        case ProducerOrders.role:
            let orders = try ProducerOrders(at: path)
            try Access.take(orders.client.access)
            return try Clients.produce(orders)
        case ConsumerOrders.role:
            let orders = try ConsumerOrders(at: path)
            try Access.take(orders.client.access)
            return try Clients.consume(orders)
        case BridgeOrders.role: return try Clients.bridge(try BridgeOrders(at: path))
        default: throw UsageError("\(name) needs \(synopsis)")
        }
    }
}
