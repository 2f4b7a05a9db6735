/// Bounds of the orchestrator's own waits, in seconds.
enum Limits {
    /// From the end of healing to a system that is whole.
    static let converged = 60.0
    /// From the end of the load to producers that have ended, beyond an attempt's time-out.
    static let drain = 30.0
    /// From the start of a producer that takes another's place until it is connected.
    static let producerConnects = 20.0
    /// From a signal to a producer until it has stopped, goes on or is gone.
    static let producerSignal: Duration = .seconds(10)
}
