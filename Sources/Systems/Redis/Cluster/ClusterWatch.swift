import Platform
import Workers

/// How a client of a cluster knows where its streams are: it asks all nodes that it can reach when something went wrong,
/// and believes whoever has a stream's slot by the latest vote or move.
///
/// A node that is cut off, or was just started, tells of an older state: its word is not taken over a newer one's.
final class ClusterWatch {
    /// While something is wrong, everyone is asked that often at most, in nanoseconds.
    private static let interval: Int64 = 50_000_000

    private let panel: Panel
    private let slots: [Int]
    /// Every node that was heard of, by its number.
    private(set) var nodes: [ServerAddress]
    /// The number of the node that has a stream.
    private(set) var owners: [Int]
    private var epochs: [Int64]
    private var askAt: Int64 = .max
    private var lastAsked: Int64 = .min
    /// Some node has said where every stream is.
    private(set) var isKnown = false

    /// Nil if the orders are not for a cluster.
    init?(_ orders: ClientOrders) throws(WorkerError) {
        guard orders.settings["cluster"] != nil else { return nil }
        nodes = try ServerAddress.ours(orders.addresses)
        panel = Panel(nodes, question: [["CLUSTER", "NODES"]])
        slots = orders.streams.map { ClusterSlots.slot(of: $0) }
        let count = nodes.count
        owners = orders.streams.indices.map { $0 % count }
        epochs = [Int64](repeating: -1, count: orders.streams.count)
    }

    var nextDeadline: Int64 { min(askAt, panel.nextDeadline) }

    func open(_ poller: borrowing Poller, now: Int64) { panel.open(poller, now: now) }

    /// Something went wrong: everyone is to be asked.
    func wonder(now: Int64) {
        let soonest = lastAsked == .min ? now : max(now, lastAsked + Self.interval)
        askAt = min(askAt, soonest)
    }

    /// A node sends whoever asks for a slot to another. True if some stream is there from now on.
    func moved(slot: Int, to address: ServerAddress, now: Int64) -> Bool {
        wonder(now: now)
        guard let node = number(of: address) else { return false }
        var isNew = false
        for stream in slots.indices where slots[stream] == slot && owners[stream] != node {
            owners[stream] = node
            isNew = true
        }
        return isNew
    }

    /// Nil for an address that no load may be sent to.
    func number(of address: ServerAddress) -> Int? {
        if let known = nodes.firstIndex(of: address) { return known }
        guard address.isOurs else { return nil }
        nodes.append(address)
        return nodes.count - 1
    }

    /// True if some stream is elsewhere from now on.
    func ready(_ event: PollEvent, _ poller: borrowing Poller, now: Int64) -> Bool {
        var isNew = false
        panel.ready(event, poller, now: now) { _, _, reply in
            if reply.isBytes, take(String(decoding: reply.bytes, as: UTF8.self)) { isNew = true }
            return true
        }
        return isNew
    }

    private func take(_ text: String) -> Bool {
        guard let view = ClusterNodes(text) else { return false }
        var isNew = false
        var isWhole = true
        for stream in slots.indices {
            guard let owner = view.owner(of: slots[stream]) else {
                isWhole = false
                continue
            }
            guard owner.epoch >= epochs[stream], let address = owner.place,
                let node = number(of: address)
            else { continue }
            epochs[stream] = owner.epoch
            if owners[stream] != node {
                owners[stream] = node
                isNew = true
            }
        }
        let wasKnown = isKnown
        isKnown = isKnown || isWhole
        return isNew || isKnown != wasKnown
    }

    func expire(_ poller: borrowing Poller, now: Int64) {
        panel.expire(poller, now: now)
        guard askAt <= now else { return }
        (askAt, lastAsked) = (.max, now)
        panel.ask(poller, now: now)
    }

    func end(now: Int64) {
        panel.end(now: now)
        askAt = .max
    }
}
