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

    func filesystemBytes(expecting expectedBytes: Int) -> Int64 {
        Int64(clamping: RedisServers.megabytes(expectedBytes)) << 20
    }

    func server(in lab: any LabKind) throws(SystemError) -> ServerVersion {
        try RedisBinary.find(settings.server, in: lab).version
    }
}
