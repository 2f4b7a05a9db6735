import Workload

/// The first line of orders that a producer under audit reads: where it publishes, and how it is to try.
struct ProducerGreeting: GuestGreeting {
    static let role = ProducerOrders.role
    var worker: String
    var identity: String
    var run: String
    /// By CLOCK_MONOTONIC.
    var epoch: Int64
    var ack: String
    var retries: String
    var inFlight: Int
    /// Nanoseconds, as all times are.
    var timeout: Int64
    var backOff: Int64
    var firstTry: Int64

    init(_ orders: ProducerOrders) {
        (worker, identity, run, epoch) = (orders.worker, orders.identity, orders.run, orders.epoch)
        (ack, retries, inFlight) = (orders.client.ack, orders.retries.rawValue, orders.inFlight)
        (timeout, backOff, firstTry) = (orders.timeout, orders.backOff, orders.firstTry)
    }
}
