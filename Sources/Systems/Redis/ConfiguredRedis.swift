import Access
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
        // A run has asked it already; a plan asks nobody.
        if let access = lab.access {
            return ServerVersion(path: access.cluster.name, name: "Redis", version: "external")
        }
        return try RedisBinary.find(settings.server, in: lab).version
    }
}
