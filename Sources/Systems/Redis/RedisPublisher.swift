import History
import Platform
import Workers
import Workload

/// Publishes events with XADD, pipelined over one connection, a few, or one for each agent.
///
/// With `wait` and `waitaof` each agent has a connection of its own: the server answers them for all that was written
/// over the connection, and holds up what comes behind.
final class RedisPublisher: Publisher {
    /// Most connections of one producer.
    static let connectionLimit = 1000

    /// Nil for one that is handed values.
    private let codec: EventCodec?
    private let streams: Int
    private let requests: [XADDRequest]
    private var numbered: NumberedEntries?
    private let reasons = ReasonTable()
    private let connections: [PublishConnection]
    private let pinned: Bool
    /// Whom to follow, where sentinels say so.
    private let watch: SentinelWatch?
    private var addresses: [ServerAddress]
    /// Which of the addresses each connection is to try.
    private var places: [Int]
    /// Which address each connection tried last.
    private var current: [ServerAddress?]
    /// Connections with something to send.
    private var dirty: [Int] = []
    private var isDirty: [Bool]

    convenience init(_ orders: ProducerOrders) throws(WorkerError) {
        try self.init(
            orders.client, agents: orders.agents.count, slots: orders.agents.count * orders.inFlight,
            timeout: orders.timeout,
            codec: EventCodec(run: orders.run, seed: orders.seed, longest: orders.workload.payload.upperBound))
    }

    /// - Parameters:
    ///   - agents: how many may have connections of their own.
    ///   - slots: attempts that may be in flight together, or more.
    ///   - timeout: how long an attempt may stay unanswered, in nanoseconds.
    init(
        _ client: ClientOrders, agents: Int, slots: Int, timeout: Int64, codec: EventCodec?
    ) throws(WorkerError) {
        guard let acknowledgement = Acknowledgement(client.ack) else {
            throw WorkerError("client.ack: `\(client.ack)` is none of `reply`, `wait N [MS]`, `waitaof L R [MS]`")
        }
        addresses = try ServerAddress.ours(client.addresses)
        watch = try SentinelWatch(client)
        pinned = client.settings["clients"] == "pinned"
        var count = acknowledgement == .reply ? 1 : agents
        if let text = client.settings["connections"] {
            guard let wanted = Int(text), (1...Self.connectionLimit).contains(wanted) else {
                throw WorkerError("client.settings.connections: must be from 1 to \(Self.connectionLimit)")
            }
            if acknowledgement == .reply { count = min(wanted, agents) }
        }
        self.codec = codec
        streams = client.streams.count
        requests = try XADDRequest.all(client, areEvents: codec != nil, behind: acknowledgement.command)
        numbered = codec == nil ? nil : NumberedEntries(client, slots: slots)
        let reasons = reasons
        connections = (0..<count).map {
            PublishConnection(index: $0, timeout: timeout, acknowledgement: acknowledgement, reasons: reasons)
        }
        places = [Int](repeating: 0, count: count)
        current = [ServerAddress?](repeating: nil, count: count)
        isDirty = [Bool](repeating: false, count: count)
    }

    var form: Position.Form { .entry }
    func reason(_ number: UInt16) -> String { reasons[number] }
    var isConnected: Bool { connections.allSatisfy { $0.state == .connected } }

    var nextDeadline: Int64 {
        var next = watch?.nextDeadline ?? .max
        for connection in connections { next = min(next, connection.nextDeadline) }
        return next
    }

    func open(_ poller: borrowing Poller, now: Int64) {
        var none: [Completion] = []
        for index in connections.indices { connect(index, poller, now: now, into: &none) }
        precondition(none.isEmpty, "nothing was asked yet")
        watch?.open(poller, now: now)
    }

    private func connect(_ index: Int, _ poller: borrowing Poller, now: Int64, into done: inout [Completion]) {
        let address = nextAddress(index)
        current[index] = address
        connections[index].connect(to: address, poller, now: now, into: &done)
    }

    /// Pinned clients stay with the node that they have until it refuses them; others try one after the other.
    private func nextAddress(_ index: Int) -> ServerAddress {
        let isRefused = connections[index].isRefused
        if pinned, !isRefused, let own = current[index] { return own }
        var address = addresses[places[index] % addresses.count]
        if isRefused, address == current[index] {
            places[index] += 1
            address = addresses[places[index] % addresses.count]
        }
        places[index] += 1
        return address
    }

    func prepare(_ attempt: Attempt, now: Int64) -> UInt32 {
        guard let codec else { preconditionFailure("this one is handed values") }
        let index = Int(attempt.agentIndex) % connections.count
        touch(index)
        numbered?.note(slot: attempt.slot, number: attempt.number, seq: attempt.event.seq)
        let request = requests[Int(attempt.event.agent % Int64(streams))]
        let length = EventCodec.length(of: attempt.event)
        var crc: UInt32 = 0
        connections[index].enqueue(attempt.slot, room: request.length(value: length), now: now) { buffer in
            request.write(attempt.event.seq, value: length, into: buffer) { value in
                crc = codec.encode(attempt.event, intended: attempt.intended, into: value)
            }
        }
        return crc
    }

    /// There is something to send over a connection.
    private func touch(_ index: Int) {
        if isDirty[index] { return }
        isDirty[index] = true
        dirty.append(index)
    }

    func send(_ poller: borrowing Poller, now: Int64, into completions: inout [Completion]) {
        for index in dirty {
            isDirty[index] = false
            connections[index].send(poller, now: now, into: &completions)
        }
        dirty.removeAll(keepingCapacity: true)
    }

    func ready(
        _ event: PollEvent, _ poller: borrowing Poller, now: Int64, into completions: inout [Completion]
    ) {
        if Panel.owns(event) {
            if let watch, watch.ready(event, poller, now: now), let leader = watch.current {
                follow([leader], poller, now: now, into: &completions)
            }
            return
        }
        let index = Int(event.token & 0xFFFF_FFFF) - 1
        let first = completions.count
        connections[index].ready(event, poller, now: now, into: &completions)
        numbered?.settle(&completions, from: first, reasons)
        // It works: whoever loses it begins with the same address again.
        if connections[index].state == .connected, let address = current[index],
            let place = addresses.firstIndex(of: address)
        {
            places[index] = place
        }
        leaveIfRefused(index, poller, now: now, into: &completions)
    }

    /// Leaves a server that has become a replica, if there is anywhere to go.
    private func leaveIfRefused(
        _ index: Int, _ poller: borrowing Poller, now: Int64, into completions: inout [Completion]
    ) {
        guard connections[index].isRefused, addresses.contains(where: { $0 != current[index] }) else { return }
        connections[index].leave(poller, now: now, into: &completions)
    }

    func expire(_ poller: borrowing Poller, now: Int64, into completions: inout [Completion]) {
        for index in connections.indices where connections[index].nextDeadline <= now {
            if connections[index].expire(poller, now: now, into: &completions) {
                connect(index, poller, now: now, into: &completions)
            }
        }
        watch?.expire(poller, now: now)
    }

    func use(
        addresses texts: [String], _ poller: borrowing Poller, now: Int64, into completions: inout [Completion]
    ) {
        guard let usable = try? ServerAddress.ours(texts), !usable.isEmpty else { return }
        follow(usable, poller, now: now, into: &completions)
    }

    private func follow(
        _ usable: [ServerAddress], _ poller: borrowing Poller, now: Int64, into completions: inout [Completion]
    ) {
        addresses = usable
        for index in connections.indices {
            places[index] = 0
            let connection = connections[index]
            if connection.state == .idle { connection.retryNow(now) }
            if pinned { leaveIfRefused(index, poller, now: now, into: &completions) }
            guard !pinned, connection.state != .idle, let address = current[index], !usable.contains(address) else {
                continue
            }
            connection.giveUp(.abandoned, "the system has moved", poller, now: now, into: &completions)
            connection.retryNow(now)
        }
    }

    func close(_ poller: borrowing Poller, now: Int64, into completions: inout [Completion]) {
        for connection in connections {
            connection.giveUp(.abandoned, "the producer ends", poller, now: now, into: &completions)
        }
        watch?.end(now: now)
    }
}

extension RedisPublisher: Forwarder {
    func prepare(_ value: UnsafeRawBufferPointer, agent: Int64, slot: Int32, now: Int64) {
        let index = Int(agent % Int64(connections.count))
        touch(index)
        let request = requests[Int(agent % Int64(streams))]
        connections[index].enqueue(slot, room: request.length(value: value.count), now: now) { buffer in
            request.write(value: value.count, into: buffer) { $0.copyMemory(from: value) }
        }
    }
}
