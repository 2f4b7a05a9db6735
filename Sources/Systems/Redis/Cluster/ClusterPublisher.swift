import History
import Platform
import Workers
import Workload

/// Publishes events with XADD to the node that has their stream's slot, over one connection to each node or, with `wait`
/// and `waitaof`, over one for each agent and node.
///
/// A node that does not have the slot refuses (MOVED, ASK): that try has failed, and the event is tried again at once
/// where it was sent to, as the event's next try.
final class ClusterPublisher: Publisher {
    /// Redirections of one event, one after the other, until it is left to the configuration's own retries.
    private static let mostHops: UInt8 = 16

    private struct Lane {
        var lane: Int
        var node: Int
    }

    /// What is to be asked for by ASKING, next time.
    private struct Asked: Hashable {
        /// Of whoever shares a lane: an agent's place, or a slot where values are handed.
        var agentIndex: Int32
        var seq: Int64
    }

    /// Nil for one that is handed values.
    private let codec: EventCodec?
    private let streams: Int
    private let requests: [XADDRequest]
    private var numbered: NumberedEntries?
    private let reasons = ReasonTable()
    private let acknowledgement: Acknowledgement
    private let timeout: Int64
    private let pinned: Bool
    private let watch: ClusterWatch
    private var connections: [PublishConnection] = []
    private var places: [Lane] = []
    /// By lane, by node: the connection; -1: none so far.
    private var table: [[Int]]
    private var dirty: [Int] = []
    private var isDirty: [Bool] = []
    private var attempts: [Asked]
    private var hops: [UInt8]
    private var asked: [Asked: Int] = [:]

    convenience init(_ orders: ProducerOrders, watch: ClusterWatch) throws(WorkerError) {
        try self.init(
            orders.client, watch: watch, agents: orders.agents.count, slots: orders.agents.count * orders.inFlight,
            timeout: orders.timeout,
            codec: EventCodec(run: orders.run, seed: orders.seed, longest: orders.workload.payload.upperBound))
    }

    /// - Parameters:
    ///   - agents: how many may have connections of their own.
    ///   - slots: attempts that may be in flight together, or more.
    ///   - timeout: how long an attempt may stay unanswered, in nanoseconds.
    init(
        _ client: ClientOrders, watch: ClusterWatch, agents: Int, slots: Int, timeout: Int64, codec: EventCodec?
    ) throws(WorkerError) {
        guard let acknowledgement = Acknowledgement(client.ack) else {
            throw WorkerError("client.ack: `\(client.ack)` is none of `reply`, `wait N [MS]`, `waitaof L R [MS]`")
        }
        self.acknowledgement = acknowledgement
        self.watch = watch
        (self.timeout, pinned) = (timeout, client.settings["clients"] == "pinned")
        self.codec = codec
        streams = client.streams.count
        requests = try XADDRequest.all(client, areEvents: codec != nil, behind: acknowledgement.command)
        numbered = codec == nil ? nil : NumberedEntries(client, slots: slots)
        table = [[Int]](repeating: [], count: acknowledgement == .reply ? 1 : agents)
        attempts = [Asked](repeating: Asked(agentIndex: 0, seq: 0), count: slots)
        hops = [UInt8](repeating: 0, count: agents)
    }

    var form: Position.Form { .entry }
    func reason(_ number: UInt16) -> String { reasons[number] }
    var isConnected: Bool { watch.isKnown && connections.indices.allSatisfy { !isNeeded($0) || isUp($0) } }

    private func isUp(_ index: Int) -> Bool { connections[index].state == .connected }

    var nextDeadline: Int64 {
        var next = watch.nextDeadline
        for connection in connections { next = min(next, connection.nextDeadline) }
        return next
    }

    func open(_ poller: borrowing Poller, now: Int64) {
        watch.open(poller, now: now)
        watch.wonder(now: now)
    }

    // MARK: Connections

    /// The connection of a lane to a node, made when it is first needed.
    private func connection(_ lane: Int, to node: Int, now: Int64) -> Int {
        while table[lane].count <= node { table[lane].append(-1) }
        if table[lane][node] >= 0 { return table[lane][node] }
        let index = connections.count
        let connection = PublishConnection(
            index: index, timeout: timeout, acknowledgement: acknowledgement, reasons: reasons, isOfCluster: true)
        connections.append(connection)
        places.append(Lane(lane: lane, node: node))
        isDirty.append(false)
        table[lane][node] = index
        return index
    }

    /// Whether some stream's events go over it.
    private func isNeeded(_ index: Int) -> Bool {
        let place = places[index]
        guard table.count > 1 else { return watch.owners.contains(place.node) }
        return connections[index].hasSomething || watch.owners[place.lane % streams] == place.node
    }

    private func connect(_ index: Int, _ poller: borrowing Poller, now: Int64, into done: inout [Completion]) {
        connections[index].connect(to: watch.nodes[places[index].node], poller, now: now, into: &done)
    }

    // MARK: Publishing

    func prepare(_ attempt: Attempt, now: Int64) -> UInt32 {
        guard let codec else { preconditionFailure("this one is handed values") }
        numbered?.note(slot: attempt.slot, number: attempt.number, seq: attempt.event.seq)
        let own = Asked(agentIndex: attempt.agentIndex, seq: attempt.event.seq)
        let length = EventCodec.length(of: attempt.event)
        var crc: UInt32 = 0
        enqueue(own, agent: attempt.event.agent, slot: attempt.slot, length: length, now: now) { value in
            crc = codec.encode(attempt.event, intended: attempt.intended, into: value)
        }
        return crc
    }

    private func enqueue(
        _ own: Asked, agent: Int64, slot: Int32, length: Int, now: Int64,
        _ fill: (UnsafeMutableRawBufferPointer) -> Void
    ) {
        let stream = Int(agent % Int64(streams))
        attempts[Int(slot)] = own
        let ask = asked.isEmpty ? nil : asked.removeValue(forKey: own)
        let lane = table.count > 1 ? Int(own.agentIndex) : 0
        let index = connection(lane, to: ask ?? watch.owners[stream], now: now)
        if !isDirty[index] {
            isDirty[index] = true
            dirty.append(index)
        }
        let connection = connections[index]
        connection.wake(now: now)
        if ask != nil { connection.enqueueAsking(now: now) }
        connection.enqueue(slot, room: requests[stream].length(value: length), now: now) { buffer in
            requests[stream].write(own.seq, value: length, into: buffer, fill: fill)
        }
    }

    func send(_ poller: borrowing Poller, now: Int64, into completions: inout [Completion]) {
        for index in dirty {
            isDirty[index] = false
            let first = completions.count
            if connections[index].isDue(now) { connect(index, poller, now: now, into: &completions) }
            connections[index].send(poller, now: now, into: &completions)
            settle(index, from: first, now: now, &completions)
        }
        dirty.removeAll(keepingCapacity: true)
    }

    func ready(
        _ event: PollEvent, _ poller: borrowing Poller, now: Int64, into completions: inout [Completion]
    ) {
        if Panel.owns(event) {
            if watch.ready(event, poller, now: now) { follow(poller, now: now, into: &completions) }
            return
        }
        let index = Int(event.token & 0xFFFF_FFFF) - 1
        let first = completions.count
        connections[index].ready(event, poller, now: now, into: &completions)
        settle(index, from: first, now: now, &completions)
    }

    func expire(_ poller: borrowing Poller, now: Int64, into completions: inout [Completion]) {
        for index in connections.indices where connections[index].nextDeadline <= now {
            let first = completions.count
            if connections[index].expire(poller, now: now, into: &completions) {
                if isNeeded(index) {
                    connect(index, poller, now: now, into: &completions)
                } else {
                    connections[index].rest()
                }
            }
            settle(index, from: first, now: now, &completions)
        }
        watch.expire(poller, now: now)
    }

    /// After something happened to a connection: what it says of where streams are.
    private func settle(_ index: Int, from first: Int, now: Int64, _ completions: inout [Completion]) {
        let connection = connections[index]
        numbered?.settle(&completions, from: first, reasons)
        for completion in completions[first...] where completion.outcome != .failed {
            hops[Int(attempts[Int(completion.slot)].agentIndex)] = 0
        }
        for (slot, redirect) in connection.redirects {
            guard let place = completions[first...].firstIndex(where: { $0.slot == slot }) else { continue }
            completions[place].again = again(redirect, Int(attempts[Int(slot)].agentIndex), slot, now: now)
        }
        connection.redirects.removeAll(keepingCapacity: true)
        // A time-out says nothing of who leads: pinned clients stay.
        if connection.isRefused || connection.isDown || (connection.hasLost && !pinned) { watch.wonder(now: now) }
        (connection.isDown, connection.hasLost) = (false, false)
    }

    private func again(_ redirect: Redirect, _ agent: Int, _ slot: Int32, now: Int64) -> Completion.Again {
        guard hops[agent] < Self.mostHops else {
            hops[agent] = 0
            watch.wonder(now: now)
            return .never
        }
        hops[agent] += 1
        switch (redirect.kind, redirect.address) {
        case (.moved, let address?):
            _ = watch.moved(slot: redirect.slot, to: address, now: now)
            return .atOnce
        case (.ask, let address?):
            guard let node = watch.number(of: address) else { return .never }
            asked[attempts[Int(slot)]] = node
            return .atOnce
        default:
            watch.wonder(now: now)
            return .later
        }
    }

    /// Streams have moved: what waits for a node that cannot be reached and is needed no more is free to go elsewhere.
    private func follow(_ poller: borrowing Poller, now: Int64, into completions: inout [Completion]) {
        for index in connections.indices where !isNeeded(index) && !isUp(index) {
            connections[index].giveUp(.beforeSending, "its slots have moved", poller, now: now, into: &completions)
            connections[index].rest()
            connections[index].hasLost = false
        }
        guard table.count == 1 else { return }
        for node in Set(watch.owners) {
            let index = connection(0, to: node, now: now)
            connections[index].wake(now: now)
        }
    }

    /// Where its streams are a client of a cluster knows by itself.
    func use(
        addresses texts: [String], _ poller: borrowing Poller, now: Int64, into completions: inout [Completion]
    ) {
        watch.wonder(now: now)
    }

    func close(_ poller: borrowing Poller, now: Int64, into completions: inout [Completion]) {
        for connection in connections {
            connection.giveUp(.abandoned, "the producer ends", poller, now: now, into: &completions)
        }
        watch.end(now: now)
    }
}

extension ClusterPublisher: Forwarder {
    /// Whoever hands values tries again by itself: where another node is the right one, that try has failed.
    func prepare(_ value: UnsafeRawBufferPointer, agent: Int64, slot: Int32, now: Int64) {
        while attempts.count <= Int(slot) { attempts.append(Asked(agentIndex: 0, seq: 0)) }
        let lane = Int32(agent % Int64(hops.count))
        enqueue(
            Asked(agentIndex: lane, seq: agent << 32 | Int64(slot)), agent: agent, slot: slot, length: value.count,
            now: now
        ) {
            $0.copyMemory(from: value)
        }
    }
}
