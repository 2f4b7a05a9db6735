import Labs
import Platform
import Workers

/// One place of a producer. Terminating one needs no good manners: it has nothing to put in order that its history does
/// not hold already.
final class Producer: WorkerPlace<ProducerOrders, ProducerStatus> {
    /// The name that it has to the broker: its own, or that of one whose place it takes.
    let identity: String
    private let clock: () -> Int64
    private var stoppedSince: Int64?

    /// - Parameter clock: nanoseconds since the trial's start.
    init(name: String, identity: String, clock: @escaping () -> Int64) {
        (self.identity, self.clock) = (identity, clock)
        super.init(name: name)
    }

    override func play(_ process: ProducerProcess) {
        super.play(process)
        stoppedSince = nil
    }

    override func pause() throws(LabError) {
        let moment = clock()
        try super.pause()
        if stoppedSince == nil { stoppedSince = moment }
    }

    /// It is told for how long it was stopped before it goes on: it would take it for a fault of its own.
    override func resume() throws(LabError) {
        let process = try living("resume")
        if let since = stoppedSince { process.send(.excused(from: since, until: clock())) }
        stoppedSince = nil
        try super.resume()
    }

    enum End: Equatable {
        /// Nobody meant it to end.
        case lost(String)
        /// The broker serves another with its identity.
        case fenced(String)
    }

    /// How it ended, if it did by itself and nobody has been told so far.
    func newEnd() -> End? {
        guard let (process, exit) = takeUnplannedEnd() else { return nil }
        let status = process.poll()
        // It ends in good order, and before its time.
        if exit == .exited(0), let reason = status.fenced { return .fenced(reason) }
        if process.finishedWell { return nil }
        return .lost(Self.words(exit, error: status.error, log: process.orders.worker))
    }
}
