import Systems
import Workers

struct WorkerCommand: Command {
    static let name = "worker"
    static let synopsis = "ORDERS.json"
    static let about = "One producer of a trial; started by `holdfast run`."
    static let isHidden = true

    static func run(_ arguments: Arguments) throws -> Int32 {
        let orders = try ProducerWorker.orders(at: try arguments.only("orders file", of: name))
        return try Clients.produce(orders)
    }
}
