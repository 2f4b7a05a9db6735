import Faults
import Glibc
import Labs
import Platform
import Workers

/// One place of a producer: the process that plays its agents now, and those that did before.
///
/// What a fault did to it is no harm to the history; what happened unplanned is, and is said once.
final class Producer: Faults.Worker {
    let name: String
    /// The name that it has to the broker: its own, or that of one whose place it takes.
    let identity: String
    private(set) var processes: [ProducerProcess] = []
    private let clock: () -> Int64
    /// How many of the processes a fault ended: all but the last one, and that one, too, while it is down.
    private var endedByFault = 0
    private var stoppedSince: Int64?
    /// Its end needs no more words.
    private var isAccountedFor = false

    /// - Parameter clock: nanoseconds since the trial's start.
    init(name: String, identity: String, clock: @escaping () -> Int64) {
        (self.name, self.identity, self.clock) = (name, identity, clock)
    }

    /// Lets a process play from now on; the one before must be gone.
    func play(_ process: ProducerProcess) {
        processes.append(process)
        (stoppedSince, isAccountedFor) = (nil, false)
    }

    var hasEnded: Bool { processes.allSatisfy { $0.exit != nil } }

    var state: ProcessState {
        guard let process = processes.last else { return .gone(nil) }
        if let status = process.exit { return .gone(status) }
        return process.isStopped ? .stopped(pid: process.pid) : .running(pid: process.pid)
    }

    var isRunning: Bool { if case .running = state { true } else { false } }

    func kill() throws(LabError) { try end(SIGKILL, "kill") }

    /// It has nothing to put in order that its history does not hold already: it ends at once.
    func terminate() throws(LabError) { try end(SIGTERM, "terminate") }

    private func end(_ signal: Int32, _ verb: String) throws(LabError) {
        let process = try living(verb)
        process.send(signal: signal)
        // A stopped process takes no notice of SIGTERM before it goes on.
        process.send(signal: SIGCONT)
        guard let status = process.wait(upTo: Limits.producerSignal) else {
            throw LabError(.deadline, "\(name): process \(process.pid) is still there after it was told to end")
        }
        guard status == .signaled(signal) else {
            throw LabError(
                .process, "\(name): process \(process.pid) ended by itself (\(status)) as it was to be ended")
        }
        endedByFault += 1
    }

    func pause() throws(LabError) {
        let process = try living("pause")
        if stoppedSince == nil { stoppedSince = clock() }
        process.send(signal: SIGSTOP)
        try waitUntil("stopped", process) { process.isStopped }
    }

    /// It is told for how long it was stopped before it goes on: it would take it for a fault of its own.
    func resume() throws(LabError) {
        let process = try living("resume")
        if let since = stoppedSince { process.send(.excused(from: since, until: clock())) }
        stoppedSince = nil
        process.send(signal: SIGCONT)
        // One that is fenced ends soon.
        try waitUntil("running", process) { !process.isStopped || process.exit != nil }
    }

    private func living(_ verb: String) throws(LabError) -> ProducerProcess {
        if let process = processes.last, process.exit == nil { return process }
        throw LabError(.process, "\(name) has no process to \(verb): \(state)")
    }

    private func waitUntil(_ what: String, _ process: ProducerProcess, _ isSo: () -> Bool) throws(LabError) {
        let end = MonotonicClock.now() + Limits.producerSignal.nanoseconds
        while !isSo() {
            guard process.exit == nil, MonotonicClock.now() < end else {
                throw LabError(.process, "\(name): process \(process.pid) is not \(what): \(state)")
            }
            usleep(500)
        }
    }

    // MARK: Its end

    enum End: Equatable {
        /// Nobody meant it to end.
        case lost(String)
        /// The broker serves another with its identity.
        case fenced(String)
    }

    /// How it ended, if it did by itself and nobody has been told so far.
    func newEnd() -> End? {
        guard !isAccountedFor, let process = processes.last, let exit = process.exit else { return nil }
        isAccountedFor = true
        if endedByFault == processes.count { return nil }
        let status = process.poll()
        // It ends in good order, and before its time.
        if exit == .exited(0), let reason = status.fenced { return .fenced(reason) }
        if process.finishedWell { return nil }
        let worker = process.orders.worker
        return .lost("\(exit)\(status.error.map { ": " + $0 } ?? ""); see logs/\(worker).log")
    }
}

extension Duration {
    /// Whole nanoseconds.
    fileprivate var nanoseconds: Int64 { components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000 }
}
