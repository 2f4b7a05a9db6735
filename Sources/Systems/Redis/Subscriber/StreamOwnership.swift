import Workers

/// Which streams are this consumer's, where each is one consumer's at a time: a lease, kept in one key of the server.
///
/// Every consumer tells from time to time that it lives and what it holds, and is told what may be its own: as many
/// streams as the others have, or one more. What it is to give up it reads no more, and goes on holding until it has
/// nothing of it in hand; only then another gets it, and takes over what was left pending before it reads anything new.
/// So the events of a stream go one way in their order. Who is heard of no more has lost all when its lease is over, and
/// knows that by its own clock.
struct StreamOwnership {
    /// How often a lease is renewed while it lasts.
    private static let renewals: Int64 = 4

    private let lease: Int64
    /// Those that may be read.
    private(set) var granted: [Bool]
    /// Those that nobody else may have: those that may be read, and those that are still to be given up.
    private(set) var held: [Bool]
    /// Of what is asked for at this moment.
    private var asked: [Bool] = []
    private var askedAt: Int64?
    /// When to ask; `Int64.max`: not before an answer has come.
    private(set) var askAt: Int64 = .max
    private var until: Int64 = .min
    private(set) var isKnown = false
    private(set) var changes: Int64 = 0

    init(streams: Int, lease: Int64) {
        (granted, held) = ([Bool](repeating: false, count: streams), [Bool](repeating: false, count: streams))
        self.lease = lease
    }

    var milliseconds: Int64 { lease / 1_000_000 }

    /// Whether what it had is still its own, by its own clock.
    func isValid(now: Int64) -> Bool { now < until }

    /// It has its place in the group.
    mutating func joined(now: Int64) { askAt = now }

    mutating func retry(at time: Int64) { (askedAt, askAt) = (nil, time) }

    /// Gives up what it is to give up, for nothing of it is in hand; true if there was something.
    mutating func letGo(now: Int64) -> Bool {
        guard askedAt == nil, held != granted else { return false }
        held = granted
        askAt = now
        return true
    }

    /// The streams that it asks to hold.
    mutating func ask(now: Int64) -> [Int] {
        (askedAt, askAt, asked) = (now, .max, held)
        return held.indices.filter { held[$0] }
    }

    /// Takes what may be its own from now on; true if there is something new.
    mutating func take(_ streams: [Int], now: Int64) -> Bool {
        guard let askedAt else { return false }
        // What another has got meanwhile was lost with the lease.
        let isLate = now >= until && isKnown
        var fresh = [Bool](repeating: false, count: granted.count)
        for stream in streams where fresh.indices.contains(stream) { fresh[stream] = true }
        let gains = fresh.indices.contains { fresh[$0] && (!granted[$0] || isLate) }
        if fresh != granted { changes += 1 }
        granted = fresh
        for stream in held.indices { held[stream] = fresh[stream] || held[stream] && asked[stream] && !isLate }
        (until, self.askedAt, isKnown) = (askedAt + lease, nil, true)
        askAt = askedAt + lease / Self.renewals
        return gains
    }

    /// KEYS: where it is kept. ARGV: who asks, for how many milliseconds (0: it leaves), how many streams there are, and
    /// those that it holds. The answer: those that it may read.
    static let script = Array(
        """
        local me, lease, count = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
        if lease == 0 then redis.call('HDEL', KEYS[1], 'm:' .. me) return {} end
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        local lives, owner, holds, live, mine, free = {}, {}, {}, {}, {}, {}
        local all = redis.call('HGETALL', KEYS[1])
        for i = 1, #all, 2 do
          local name = string.sub(all[i], 3)
          if string.sub(all[i], 1, 2) == 'm:' then lives[name] = tonumber(all[i + 1])
          else owner[tonumber(name)] = all[i + 1] end
        end
        lives[me] = now + lease
        redis.call('HSET', KEYS[1], 'm:' .. me, now + lease)
        for name, till in pairs(lives) do
          if till > now then live[#live + 1] = name
          else redis.call('HDEL', KEYS[1], 'm:' .. name) lives[name] = nil end
        end
        table.sort(live)
        local rank = 0
        for i, name in ipairs(live) do if name == me then rank = i end end
        local target = math.floor(count / #live)
        if rank <= count % #live then target = target + 1 end
        for i = 4, #ARGV do holds[tonumber(ARGV[i])] = true end
        for stream = 0, count - 1 do
          local whose = owner[stream]
          if whose and not lives[whose] then whose = nil end
          if whose == me and not holds[stream] then whose = nil end
          if not whose and holds[stream] then whose = me end
          if whose == me then mine[#mine + 1] = stream
          elseif not whose then free[#free + 1] = stream end
        end
        for _, stream in ipairs(free) do
          if #mine < target then mine[#mine + 1] = stream
          elseif owner[stream] then redis.call('HDEL', KEYS[1], 's:' .. stream) end
        end
        local granted = {}
        for i, stream in ipairs(mine) do
          redis.call('HSET', KEYS[1], 's:' .. stream, me)
          if i <= target then granted[#granted + 1] = stream end
        end
        return granted
        """.utf8)
}

/// Asking for streams, and reading those alone.
extension GroupMember {
    /// The streams that it reads.
    var readable: [Int] {
        guard let ownership else { return streams }
        return streams.filter { ownership.granted[$0] }
    }

    var hasStreams: Bool { ownership?.granted.contains(true) ?? true }

    /// Whether it may read at all.
    func mayRead(now: Int64) -> Bool { ownership?.isValid(now: now) ?? true && hasStreams }

    /// Called with room for a batch, so nothing is in hand: what is to be given up is, and a lease is renewed in time.
    func keepOwnership(hasRoom: Bool, now: Int64) {
        guard ownership != nil, isIn, asking.state == .connected else { return }
        if hasRoom, !isReading, scan.claimsToCome == 0 { _ = ownership?.letGo(now: now) }
        guard let ask = ownership?.askAt, ask <= now, !isLeaving else { return }
        askOwnership(leaves: false, now: now)
    }

    func askOwnership(leaves: Bool, now: Int64) {
        guard let registry = plan.registry, let holds = ownership?.ask(now: now) else { return }
        asking.ask(.own, now: now)
        asking.output.command(7 + holds.count)
        asking.output.word("EVAL")
        asking.output.word(StreamOwnership.script)
        asking.output.word(1)
        asking.output.word(registry)
        asking.output.word(name)
        asking.output.word(leaves ? 0 : ownership?.milliseconds ?? 0)
        asking.output.word(Int64(plan.streams.count))
        for stream in holds { asking.output.word(Int64(stream)) }
    }

    func takeOwnership(_ reply: RedisReply.View, now: Int64) -> Bool {
        guard reply.isArray else {
            ownership?.retry(at: takeError(reply, of: asking, now: now))
            return reply.isError
        }
        var streams: [Int] = []
        for index in 0..<reply.count {
            guard let stream = reply[index].integer else { return false }
            streams.append(Int(stream))
        }
        // What the one before left pending comes first.
        if ownership?.take(streams, now: now) == true { (mayHaveOwn, claimAt) = (true, now) }
        return true
    }
}
