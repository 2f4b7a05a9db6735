import History
import Platform
import Workers
import Workload

/// Taking a place in the group, and reading what is new.
extension GroupMember {
    /// Called with what is free at that moment: reads, or first takes over, if there is room.
    func demand(_ room: Int, _ poller: borrowing Poller, now: Int64) {
        self.room = room
        keepOwnership(hasRoom: room > 0, now: now)
        keepInHand(now: now)
        guard room > 0, isIn, !isLeaving, mayRead(now: now), !takesOver(now: now) else { return send(poller, now: now) }
        if !isReading, readAt == .max, reading.state == .connected, readingName != nil { read(now: now) }
        send(poller, now: now)
    }

    private func read(now: Int64) {
        isReading = true
        reading.ask(.read, now: now, within: plan.block * 1_000_000 + GroupPlan.timeout)
        let quiet = plan.ack == .none
        let streams = readable
        reading.output.command((quiet ? 10 : 9) + 2 * streams.count)
        reading.output.word("XREADGROUP")
        reading.output.word("GROUP")
        reading.output.word(plan.group)
        reading.output.word(name)
        reading.output.word("COUNT")
        reading.output.word(Int64(plan.count(forRoom: room, of: streams.count)))
        reading.output.word("BLOCK")
        reading.output.word(plan.block)
        if quiet { reading.output.word("NOACK") }
        reading.output.word("STREAMS")
        for stream in streams { reading.output.word(plan.streams[stream]) }
        for _ in streams { reading.output.word(">") }
    }

    func takeRead(_ reply: RedisReply.View, now: Int64, into inbox: inout ConsumerInbox) -> Bool {
        isReading = false
        if reply.isError {
            readAt = takeError(reply, of: reading, now: now)
            return true
        }
        goesWell()
        reading.isRefused = false
        var next = 0
        for place in 0..<reply.count {
            let part = reply[place]
            guard part.count == 2 else { return false }
            // Streams that have something come in the order in which they were asked for.
            while next < streams.count, !part[0].bytes.elementsEqual(plan.streams[streams[next]]) { next += 1 }
            guard next < streams.count else { return false }
            let entries = part[1]
            for index in 0..<entries.count {
                guard let position = entries[index].entryID else { return false }
                hand(entries[index], streams[next], position, times: 1, into: &inbox)
            }
        }
        return true
    }

    func hand(
        _ entry: RedisReply.View, _ stream: Int, _ position: Position, times: Int, into inbox: inout ConsumerInbox
    ) {
        let fields = entry[1]
        let event = RedisReplay.event(fields)
        let state: HeldDeliveries.State = plan.ack == .none ? .closed : .held
        let one = HeldDeliveries.Held(
            position: position, consumer: Int32(consumer), stream: Int32(stream), state: state)
        let delivery = held.append(one)
        if let event, plan.mayDie(event, times: times) {
            held.keep(fields[1].bytes, agent: event.agent, of: delivery, one)
        }
        var handed = Handed(consumer: consumer, stream: stream, position: position, times: times, event: event)
        if plan.keepsValues, event != nil {
            let value = fields[1].bytes
            handed.valueLength = Int32(value.count)
            inbox.values.append(contentsOf: value)
        }
        inbox.handed.append(handed)
    }

    // MARK: Its place

    /// A write, so that only the server that leads gives a place.
    func join(now: Int64) {
        joinAt = .max
        guard asking.state == .connected, joinsToCome == 0 else { return }
        joinRetry = nil
        for stream in streams { askJoin(stream, now: now) }
    }

    private func askJoin(_ stream: Int, now: Int64) {
        joinsToCome += 1
        asking.ask(.join(stream: stream), now: now)
        asking.output.command(5)
        asking.output.word("XGROUP")
        asking.output.word("CREATECONSUMER")
        asking.output.word(plan.streams[stream])
        asking.output.word(plan.group)
        asking.output.word(name)
    }

    /// What was lost with a server's data is made again as it was made first: nobody else does.
    private func make(_ stream: Int, now: Int64) {
        joinsToCome += 1
        asking.ask(.make(stream: stream), now: now)
        asking.output.command(6)
        asking.output.word("XGROUP")
        asking.output.word("CREATE")
        asking.output.word(plan.streams[stream])
        asking.output.word(plan.group)
        asking.output.word(plan.start)
        asking.output.word("MKSTREAM")
    }

    func takeJoin(_ stream: Int, _ reply: RedisReply.View, now: Int64) -> Bool {
        guard reply.isError || reply.integer != nil else { return false }
        joinsToCome -= 1
        if reply.isError("NOGROUP") || reply.bytes.starts(with: Self.noStream) {
            make(stream, now: now)
        } else if reply.isError {
            joinRetry = takeError(reply, of: asking, now: now)
        } else {
            asking.isRefused = false
        }
        joinEnded(now: now)
        return true
    }

    func takeMade(_ stream: Int, _ reply: RedisReply.View, now: Int64) -> Bool {
        joinsToCome -= 1
        // Another consumer of the group may have made it first.
        if reply.isError, !reply.isError("BUSYGROUP") {
            joinRetry = takeError(reply, of: asking, now: now)
        } else {
            askJoin(stream, now: now)
        }
        joinEnded(now: now)
        return true
    }

    private static let noStream = Array("ERR The XGROUP subcommand requires the key to exist".utf8)

    private func joinEnded(now: Int64) {
        guard joinsToCome == 0 else { return }
        if let joinRetry {
            joinAt = joinRetry
            return
        }
        isIn = true
        claimAt = now
        ownership?.joined(now: now)
        goesWell()
        tellAgain(now: now)
    }

    // MARK: Leaving

    /// Asks for the answer of a read that stands blocked; what it brings is handed over all the same. True once none does.
    func stopReading(_ poller: borrowing Poller, now: Int64) -> Bool {
        if isLeaving { return !isReading && scan.claimsToCome == 0 }
        isLeaving = true
        if isReading, let readingName, asking.state == .connected {
            asking.ask(.unblock, now: now)
            asking.output.command(3)
            asking.output.word("CLIENT")
            asking.output.word("UNBLOCK")
            asking.output.word(readingName)
            send(poller, now: now)
        }
        return !isReading && scan.claimsToCome == 0
    }

    func end(_ poller: borrowing Poller, now: Int64, into inbox: inout ConsumerInbox) {
        reading.end(now: now)
        if ownership != nil, isIn, asking.state == .connected {
            askOwnership(leaves: true, now: now)
            asking.send(poller, now: now)
        }
        asking.end(now: now)
        settle(now: now, into: &inbox)
        (joinAt, readAt, claimAt) = (.max, .max, .max)
    }
}
