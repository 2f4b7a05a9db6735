/// Bounds of everything that a lab waits for, in one place.
enum Limits {
    /// How long a server may take to end after SIGTERM: it may have a snapshot to write.
    static let terminate: Duration = .seconds(60)
    /// How long the kernel may take to stop or continue every thread of a process.
    static let stop: Duration = .seconds(5)
    /// How long processes that hold a filesystem may take to let go of it.
    static let unmount: Duration = .seconds(10)
    /// mkfs, mount and unmount of one filesystem.
    static let filesystemTool: Duration = .seconds(60)
    /// A signal that comes for this many times ends the run at once.
    static let patienceWithUser: Int32 = 3
    /// How long the removal of a run's data may take at its end.
    static let janitor: Duration = .seconds(120)
    /// mkfs.xfs refuses less.
    static let megabytesMin = [Filesystem.ext4: 64, .xfs: 320]
    /// Bytes of a probe write: more than fits into what a full filesystem has left over in its last blocks.
    static let probeBytes = 1 << 16
    /// How long a filesystem may go on having room while it is filled.
    static let fill: Duration = .seconds(20)
    /// The least that is taken of a filesystem at once.
    static let fillBlock: Int64 = 4096
    /// A program that is asked what it is; Java takes its time.
    static let ask: Duration = .seconds(60)
    /// A question to the Docker Engine, or an order that it carries out at once.
    static let engine: Duration = .seconds(60)
    /// From the order to start a container until its process is there.
    static let containerStart: Duration = .seconds(60)
    /// How long the engine may take to take notice that a container's process has ended.
    static let containerEnd: Duration = .seconds(20)
    /// How many of the ranges that networks are made of are tried: others may have theirs there.
    static let networkTries = 64
    /// How deep `heal` looks for what a dead run left.
    static let healDepth = 8
}
