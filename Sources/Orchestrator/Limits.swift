/// Bounds of the orchestrator's own waits, in seconds.
enum Limits {
    /// From the end of healing to a system that is whole.
    static let converged = 60.0
    /// From the end of the load to producers that have ended, beyond an attempt's time-out.
    static let drain = 30.0
    /// From the start of a producer that takes another's place until it is connected.
    static let producerConnects = 20.0
    /// From a signal to a worker until it has stopped, goes on or is gone.
    static let workerSignal: Duration = .seconds(10)
    /// From SIGTERM to a consumer until it has finished what it has in hand and left its group.
    static let consumerLeaves: Duration = .seconds(30)
    /// From the start of consumers until all have their places in their groups.
    static let consumersJoin = 60.0
    /// From the end of healing to groups that have caught up; those that make no progress are not waited for so long.
    static let catchUp = 120.0
    /// How long groups may make no progress before nobody waits for them any more, beyond their own time-outs.
    static let standstill = 3.0
    /// How often the system is asked what groups have before them, in nanoseconds.
    static let backlogEvery: Int64 = 100_000_000
    /// How often it is asked whether bridges under audit have something in hand, while a fault waits for it: they have
    /// for a moment only.
    static let pendingEvery: Int64 = 5_000_000
    /// How often consumers are looked at, in nanoseconds.
    static let consumersEvery: Int64 = 20_000_000
}
