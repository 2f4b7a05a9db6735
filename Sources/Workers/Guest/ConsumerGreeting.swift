import History
import Workload

/// The first line of orders that a consumer under audit reads: its place in a group, and how it is to work.
struct ConsumerGreeting: EncodedGreeting {
    var type = ConsumerOrders.role
    var version = GuestGreeting.version
    var worker: String
    var run: String
    /// By CLOCK_MONOTONIC; nil: `begin` will say.
    var epoch: Int64?
    var broker: String
    var addresses: [String]
    var streams: [String]
    var settings: [String: String]
    /// As the broker calls it.
    var group: String
    var consumer: String
    var ack: String
    /// Nanoseconds, as all times are.
    var processing: Int64
    var batch: Int
    var start: String

    // Where each entry is acknowledged by itself.
    var block: Int64?
    var claim: Int64?

    // Where all is that stands before an offset.
    var assignor: String?
    var `protocol`: String?
    var `static`: Bool?
    var isolation: String?
    var sessionTimeout: Int64?
    var pollTimeout: Int64?
    var autoCommitInterval: Int64?

    init(_ orders: ConsumerOrders, form: Position.Form) {
        let (client, group) = (orders.client, orders.group)
        (worker, run, epoch) = (orders.worker, orders.run, orders.epoch)
        (broker, addresses, streams) = (client.client, client.addresses, client.streams)
        (settings, self.group, consumer) = (client.settings, orders.groupName, orders.consumers[0])
        (ack, processing, batch) = (group.ack.rawValue, group.processing, group.batch)
        start = group.start.rawValue
        switch form {
        case .entry: (block, claim) = (group.block, group.claim)
        case .offset:
            (assignor, `protocol`, `static`) = (group.assignor.rawValue, group.membership.rawValue, group.isStatic)
            (isolation, sessionTimeout) = (group.isolation.rawValue, group.sessionTimeout)
            (pollTimeout, autoCommitInterval) = (group.pollTimeout, group.autoCommitInterval)
        }
    }
}
