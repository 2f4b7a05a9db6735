import Labs
import Workload

/// A checked configuration of any Redis system: what follows from its settings alone.
protocol ConfiguredRedis: ConfiguredSystem {
    var settings: RedisSettings { get }
}

extension ConfiguredRedis {
    var retries: Retries { settings.retries }
    var acknowledgement: String { settings.ack }
    var filesystem: Filesystem { settings.filesystem }
    var retains: Bool { settings.maxlen != nil }
    var keepsInMemory: Bool { true }

    func dropsAcknowledged(by groups: [GroupSettings]) -> Bool {
        settings.maxlen?.isOfAcked == true || groups.contains { $0.deletes }
    }

    /// Retention is what lies before a stream's first entry. Where acknowledged entries go first, that is so only as long as
    /// they are acknowledged one after the other: what goes from the middle could not be told from what was lost.
    func objection(to groups: [GroupSettings], in lab: any LabKind) -> (problem: String, remedy: String)? {
        guard dropsAcknowledged(by: groups) else { return nil }
        if let group = groups.first(where: { $0.consumers > 1 || $0.claim != nil || $0.deadLetterAfter != nil }) {
            return (
                "where acknowledged entries are let go (`maxlen: N acked`, `deletes`), what several consumers, claims or dead "
                    + "letters acknowledge out of order leaves holes that nobody can tell from losses, and the group "
                    + "\(group.name) may do so",
                "give it consumers: 1 and claim: never, and no dead-letter"
            )
        }
        // A server that is not there is what the machine lacks, not what is wrong with the suite.
        guard groups.contains(where: \.deletes), let binary = try? RedisBinary.find(settings.server, in: lab),
            !binary.has(.ackedTrimming)
        else { return nil }
        return (
            "`deletes` needs XACKDEL of Redis 8.2, and \(binary.version.path) is \(binary.version.name) "
                + binary.version.version,
            "name another server by the setting `server`, or leave `deletes` out"
        )
    }

    /// All agents' events, spread evenly over the streams.
    func retention(of workload: WorkloadSettings) -> Int64? {
        settings.maxlen.map { maxlen in
            let streams =
                switch settings.streams {
                case .one: 1
                case .number(let count): count
                case .agent: workload.agents
                }
            return Int64(Double(maxlen.entries * streams) / workload.rate * 1e9)
        }
    }

    func filesystemBytes(expecting expectedBytes: Int) -> Int64 {
        Int64(clamping: RedisServers.megabytes(expectedBytes)) << 20
    }

    func server(in lab: any LabKind) throws(SystemError) -> ServerVersion {
        try RedisBinary.find(settings.server, in: lab).version
    }
}
