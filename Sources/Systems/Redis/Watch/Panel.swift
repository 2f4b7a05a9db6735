import Platform
import Workers

/// A client's connections to several servers that are all asked the same question: whoever can answer does.
///
/// Each is connected again by itself when it is lost, and one that a cut holds up does not hold up the others. Driven by
/// a worker's loop; it never blocks.
final class Panel {
    /// Tokens of a panel's connections begin behind all others of a worker's.
    private static let firstIndex = 1_000_000

    private let addresses: [ServerAddress]
    private let connections: [GroupConnection]
    private let question: [UInt8]
    private let replies: Int

    /// - Parameter question: commands, each of which has one reply.
    init(_ addresses: [ServerAddress], question: [[String]]) {
        self.addresses = addresses
        self.question = question.flatMap { RedisCommand.encode($0) }
        replies = question.count
        connections = addresses.indices.map { GroupConnection(index: Self.firstIndex + $0) }
    }

    /// Whether an event is about one of a panel's connections.
    static func owns(_ event: PollEvent) -> Bool { index(event) >= firstIndex }

    private static func index(_ event: PollEvent) -> Int { Int(event.token & 0xFFFF_FFFF) - 1 }

    var nextDeadline: Int64 { connections.reduce(.max) { min($0, $1.nextDeadline) } }

    func open(_ poller: borrowing Poller, now: Int64) {
        for (connection, address) in zip(connections, addresses) { connection.connect(to: address, poller, now: now) }
    }

    /// Asks everyone who is connected and has answered the last time.
    func ask(_ poller: borrowing Poller, now: Int64) {
        for connection in connections where connection.isQuiet { ask(connection, poller, now: now) }
    }

    private func ask(_ connection: GroupConnection, _ poller: borrowing Poller, now: Int64) {
        guard connection.state == .connected else { return }
        connection.ask(.panel, replies: replies, now: now)
        let room = connection.output.room(question.count)
        question.withUnsafeBytes { room.copyMemory(from: $0) }
        connection.output.commit(question.count)
        connection.send(poller, now: now)
    }

    /// - Parameter each: takes a reply, and whose it is and to which of the commands; false if it is none to that.
    func ready(
        _ event: PollEvent, _ poller: borrowing Poller, now: Int64,
        each: (_ member: Int, _ place: Int, _ reply: RedisReply.View) -> Bool
    ) {
        let member = Self.index(event) - Self.firstIndex
        guard connections.indices.contains(member) else { return }
        let connection = connections[member]
        let before = connection.state
        connection.ready(event, poller, now: now) { _, place, reply in each(member, place, reply) }
        // Who is there again may know more than the others.
        if before == .connecting { ask(connection, poller, now: now) }
        connection.lost.removeAll(keepingCapacity: true)
        connection.send(poller, now: now)
    }

    func expire(_ poller: borrowing Poller, now: Int64) {
        for (connection, address) in zip(connections, addresses) where connection.nextDeadline <= now {
            if connection.expire(now: now) { connection.connect(to: address, poller, now: now) }
            connection.lost.removeAll(keepingCapacity: true)
        }
    }

    func end(now: Int64) {
        for connection in connections {
            connection.end(now: now)
            connection.lost.removeAll()
        }
    }
}
