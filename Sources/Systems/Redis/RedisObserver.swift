/// Looks at a server during the load for the circumstance in which even SIGKILL loses acknowledged events: with
/// `appendfsync: everysec`, while a background fsync runs, writes to the append-only file are put off for up to 2 s
/// although their replies go out.
///
/// `aof_delayed_fsync` alone does not show it: it stays 0 with an fsync of 900 ms, and events are lost all the same.
/// So the last sample before the fault counts, too: whether an fsync was pending then.
final class RedisObserver {
    private struct Sample {
        var delayed: Int
        var pending: Int
    }

    private let server: RedisServer
    private var connection: RedisConnection?
    private var first: Sample?
    private var last: Sample?
    private(set) var samples = 0

    init(_ server: RedisServer) { self.server = server }

    /// Looks whose answer has not come yet: at most one, so that the last sample is never an old one.
    var outstanding: Int { connection?.outstanding ?? 0 }

    /// One look. Never waits longer than `SystemLimits.observeSeconds`: an answer that is late is taken the next time.
    func observe() {
        do throws(SystemError) {
            let connection = try connected()
            let deadline = RedisConnection.deadline(after: SystemLimits.observeSeconds)
            if connection.outstanding > 0 {
                guard let late = try connection.receive(by: deadline) else { return }
                take(late.value)
            }
            try connection.send([["INFO", "persistence"]], by: deadline)
            guard let reply = try connection.receive(by: deadline) else { return }
            take(reply.value)
        } catch {
            // The server went away, and with it what it could say; what was seen before still holds.
            connection = nil
        }
    }

    private func connected() throws(SystemError) -> RedisConnection {
        if let connection { return connection }
        let fresh = try server.connect()
        connection = fresh
        return fresh
    }

    private func take(_ reply: RedisValue) {
        guard let delayed = reply.info("aof_delayed_fsync").flatMap({ Int($0) }),
            let pending = reply.info("aof_pending_bio_fsync").flatMap({ Int($0) })
        else { return }
        let sample = Sample(delayed: delayed, pending: pending)
        if first == nil { first = sample }
        last = sample
        samples += 1
    }

    /// `fsync-pending`, if an fsync was late or under way when the server was last looked at.
    var circumstances: [(name: String, detail: String)] {
        guard let first, let last, last.delayed != first.delayed || last.pending > 0 else { return [] }
        let detail =
            "aof_delayed_fsync went from \(first.delayed) to \(last.delayed), "
            + "aof_pending_bio_fsync was \(last.pending) in the last of \(samples) samples"
        return [("fsync-pending", detail)]
    }
}
