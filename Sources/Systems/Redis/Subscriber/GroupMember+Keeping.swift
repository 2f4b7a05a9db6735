/// Keeping what is in hand for long where streams have no owners: whoever waits for another log is not dead, and what it
/// holds is not to be taken over.
extension GroupMember {
    /// How often within the time after which what idles is taken over.
    private static let beats: Int64 = 4

    /// All that is pending of this consumer alone is handed to it once more, without its bytes and without counting.
    private static let script = Array(
        """
        local own = redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', ARGV[3], ARGV[2])
        for first = 1, #own, 1000 do
          local command = {'XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0}
          for i = first, math.min(first + 999, #own) do command[#command + 1] = own[i][1] end
          command[#command + 1] = 'JUSTID'
          redis.call(unpack(command))
        end
        return #own
        """.utf8)

    /// When to do so; `Int64.max`: nothing is in hand, or nobody could take it.
    var keepAt: Int64 {
        guard plan.keepsInHand, isIn, room == 0, !isLeaving, let claim = plan.claim else { return .max }
        return keptAt + claim / Self.beats
    }

    func keepInHand(now: Int64) {
        if room > 0 { keptAt = now }
        guard keepAt <= now, asking.state == .connected else { return }
        keptAt = now
        for stream in plan.streams {
            asking.ask(.keep, now: now)
            asking.output.command(7)
            asking.output.word("EVAL")
            asking.output.word(Self.script)
            asking.output.word(1)
            asking.output.word(stream)
            asking.output.word(plan.group)
            asking.output.word(name)
            asking.output.word(Int64(2 * plan.batch))
        }
    }
}
