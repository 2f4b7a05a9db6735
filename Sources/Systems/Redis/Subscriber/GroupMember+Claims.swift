import History
import Workers

/// Taking over what idles: the consumer's own entries that it never got, and what others left.
///
/// XAUTOCLAIM would do that in one command, and hand over what this process works on itself, without saying how often
/// it was handed out. So the pending entries are listed, and those that nobody here has in hand are claimed by name.
/// Trimmed ones are dropped from the list of pending entries by that, and not handed out.
extension GroupMember {
    /// Whether something is to be taken over before anything new is read.
    func takesOver(now: Int64) -> Bool {
        guard let claim = plan.claim else { return false }
        if scan.listsToCome > 0 || scan.claimsToCome > 0 { return true }
        // What was found too long ago may have been handed out and left again since.
        if scan.hasCandidates, now - scan.foundAt > claim {
            scan.drop()
            (mayHaveOwn, claimAt) = (mayHaveOwn || scan.isOwn, now)
        }
        if scan.hasCandidates {
            ask(now: now)
            return scan.claimsToCome > 0 || takesOver(now: now)
        }
        // What it never got comes before anything new.
        guard claimAt <= now else { return mayHaveOwn }
        list(now: now)
        return true
    }

    private func list(now: Int64) {
        scan.begin(own: mayHaveOwn)
        mayHaveOwn = false
        claimAt = .max
        for stream in readable { askPending(stream, behind: nil, now: now) }
    }

    /// Whose stream it is takes over all that is pending there, whoever had it and however short it idles.
    private var isWhole: Bool { scan.isOwn && ownership != nil }

    private func askPending(_ stream: Int, behind position: Position?, now: Int64) {
        scan.listAsked()
        asking.ask(.pending(stream: stream), now: now)
        asking.output.command(isWhole ? 6 : scan.isOwn ? 7 : 8)
        asking.output.word("XPENDING")
        asking.output.word(plan.streams[stream])
        asking.output.word(plan.group)
        if !scan.isOwn {
            asking.output.word("IDLE")
            asking.output.word((plan.claim ?? 0) / 1_000_000)
        }
        if let position { asking.output.word(position, behind: true) } else { asking.output.word("-") }
        asking.output.word("+")
        asking.output.word(Int64(GroupPlan.page))
        if scan.isOwn, !isWhole { asking.output.word(name) }
    }

    func takePending(_ stream: Int, _ reply: RedisReply.View, now: Int64) -> Bool {
        guard scan.listsToCome > 0 else { return true }
        scan.listAnswered(now: now)
        if reply.isError {
            claimAt = takeError(reply, of: asking, now: now)
            mayHaveOwn = mayHaveOwn || scan.isOwn
            return true
        }
        let places = reply.count > 0 ? held.places : []
        var last: Position?
        for index in 0..<reply.count {
            let one = reply[index]
            guard one.count == 4, let position = one.entryID, let times = one[3].integer else { return false }
            last = position
            if places.contains(HeldDeliveries.Place(stream: Int32(stream), position: position)) { continue }
            scan.found(PendingScan.Candidate(stream: stream, position: position, times: Int(clamping: times)))
        }
        if reply.count == GroupPlan.page, let last {
            if scan.count < plan.batch { askPending(stream, behind: last, now: now) } else { scan.leaveSome() }
        }
        endIfOver(now: now)
        return true
    }

    private func ask(now: Int64) {
        var left = room
        let places = held.places
        while left > 0 {
            let ones = scan.next(left) {
                places.contains(HeldDeliveries.Place(stream: Int32($0.stream), position: $0.position))
            }
            guard let first = ones.first else { break }
            left -= ones.count
            asking.ask(.claim(stream: first.stream, count: ones.count), now: now)
            asking.output.command(5 + ones.count)
            asking.output.word("XCLAIM")
            asking.output.word(plan.streams[first.stream])
            asking.output.word(plan.group)
            asking.output.word(name)
            asking.output.word(scan.isOwn ? 0 : (plan.claim ?? 0) / 1_000_000)
            for one in ones { asking.output.word(one.position) }
        }
        endIfOver(now: now)
    }

    func takeClaimed(
        _ stream: Int, _ count: Int, _ reply: RedisReply.View, now: Int64, into inbox: inout ConsumerInbox
    ) -> Bool {
        // A place that was lost and taken again since has begun anew.
        let isKnown = scan.claimsToCome > 0
        var asked = isKnown ? scan.claimAnswered(count) : []
        if reply.isError {
            claimAt = takeError(reply, of: asking, now: now)
            mayHaveOwn = mayHaveOwn || scan.isOwn
            scan.drop()
            return true
        }
        goesWell()
        for index in 0..<reply.count {
            // Older servers name trimmed entries by nothing.
            guard reply[index].count == 2 else { continue }
            guard let position = reply[index].entryID else { return false }
            asked = asked.drop { $0.position < position }
            let times = asked.first.map { $0.position == position ? $0.times : 0 } ?? 0
            hand(reply[index], stream, position, times: times + 1, into: &inbox)
        }
        if isKnown { endIfOver(now: now) }
        return true
    }

    /// The next look comes after the time that something must idle, and sooner while there is more.
    private func endIfOver(now: Int64) {
        guard scan.isOver, claimAt == .max else { return }
        if scan.hasMore { mayHaveOwn = mayHaveOwn || scan.isOwn }
        let isMore = scan.hasMore || mayHaveOwn || scan.isOwn
        claimAt = isMore ? now : now + (plan.claim ?? 0)
    }
}

extension RedisReply.View {
    /// The ID that an entry, or a line of pending ones, begins with.
    var entryID: Position? {
        guard count > 1 else { return nil }
        let bytes = self[0].bytes
        return EntryID.parse(bytes, 0..<bytes.count)
    }
}
