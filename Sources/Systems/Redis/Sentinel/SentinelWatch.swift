import Platform
import Workers

/// How a client of Sentinel knows whom to follow: it asks every sentinel that it can reach, over and over.
///
/// Sentinels learn of a switch some time after each other. A client that believes whoever it asks can be sent back to
/// the primary that was replaced; so what counts is the number of the vote by which somebody came to lead, and only a
/// later one than the last is followed.
final class SentinelWatch {
    /// How often everyone is asked, in nanoseconds.
    private static let interval: Int64 = 100_000_000

    private let panel: Panel
    private var askAt: Int64 = .min
    private(set) var current: ServerAddress?
    private var epoch: Int64 = -1
    /// What each answered first of what it is asked.
    private var named: [ServerAddress?]

    /// Nil if the orders name no sentinels.
    init?(_ orders: ClientOrders) throws(WorkerError) {
        guard let list = orders.settings["sentinels"] else { return nil }
        let addresses = try ServerAddress.ours(list.split(separator: " ").map(String.init))
        guard let primary = orders.settings["primary"], !addresses.isEmpty else {
            throw WorkerError("client.settings: `sentinels` needs their addresses, and `primary` what they call it")
        }
        panel = Panel(
            addresses,
            question: [["SENTINEL", "GET-MASTER-ADDR-BY-NAME", primary], ["SENTINEL", "MASTER", primary]])
        named = [ServerAddress?](repeating: nil, count: addresses.count)
        current = try ServerAddress.ours(orders.addresses).first
    }

    var nextDeadline: Int64 { min(askAt, panel.nextDeadline) }

    func open(_ poller: borrowing Poller, now: Int64) {
        panel.open(poller, now: now)
        askAt = now
    }

    /// True if another leads from now on.
    func ready(_ event: PollEvent, _ poller: borrowing Poller, now: Int64) -> Bool {
        let before = current
        panel.ready(event, poller, now: now) { member, place, reply in
            if place == 0 { named[member] = Self.address(reply) } else { take(reply, from: member) }
            return true
        }
        return current != before
    }

    func expire(_ poller: borrowing Poller, now: Int64) {
        panel.expire(poller, now: now)
        guard askAt <= now else { return }
        askAt = now + Self.interval
        panel.ask(poller, now: now)
    }

    func end(now: Int64) {
        panel.end(now: now)
        askAt = .max
    }

    private func take(_ reply: RedisReply.View, from member: Int) {
        guard let address = named[member], address.isOurs, let vote = Self.epoch(reply), vote > epoch else { return }
        (current, epoch) = (address, vote)
    }

    private static func address(_ reply: RedisReply.View) -> ServerAddress? {
        guard reply.count == 2 else { return nil }
        return UInt16(text(reply[1])).flatMap { ServerAddress(advertised: text(reply[0])[...], port: $0) }
    }

    private static func epoch(_ reply: RedisReply.View) -> Int64? {
        for index in stride(from: 0, to: reply.count - 1, by: 2)
        where reply[index].bytes.elementsEqual("config-epoch".utf8) {
            return Int64(text(reply[index + 1]))
        }
        return nil
    }

    private static func text(_ reply: RedisReply.View) -> String { String(decoding: reply.bytes, as: UTF8.self) }
}
