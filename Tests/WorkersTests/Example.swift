import Workload

@testable import Workers

enum Example {
    static var orders: ProducerOrders {
        ProducerOrders(
            worker: "producer-1", run: "example", seed: 1, agents: [0, 1], workload: WorkloadSettings(agents: 2),
            client: ClientOrders(client: "redis", addresses: ["127.0.0.1:1"], streams: ["events"], ack: "reply"),
            retries: .none, inFlight: 1, epoch: 0, loadStart: 0, historyPath: "", schedulePath: "")
    }
}
