import Faults
import Glibc
import Labs
import Platform
import Workers

/// One place of a worker: the process that does its work now, and those that did before.
///
/// What a fault did to it is no harm to the history; what happened unplanned is, and is said once.
class WorkerPlace<Orders: WorkerOrders, Status: WorkerStatus>: Faults.Worker {
    let name: String
    private(set) var processes: [WorkerProcess<Orders, Status>] = []
    /// How many of the processes a fault ended: all but the last one, and that one, too, while it is down.
    private(set) var endedByFault = 0
    /// Its end needs no more words.
    private var isAccountedFor = false

    init(name: String) { self.name = name }

    /// Lets a process play from now on; the one before must be gone.
    func play(_ process: WorkerProcess<Orders, Status>) {
        processes.append(process)
        isAccountedFor = false
    }

    var hasEnded: Bool { processes.allSatisfy { $0.exit != nil } }

    var state: ProcessState {
        guard let process = processes.last else { return .gone(nil) }
        if let status = process.exit { return .gone(status) }
        return process.isStopped ? .stopped(pid: process.pid) : .running(pid: process.pid)
    }

    var isRunning: Bool { if case .running = state { true } else { false } }

    func kill() throws(LabError) { try end(SIGKILL, "kill", as: .signaled(SIGKILL), upTo: Limits.workerSignal) }

    func terminate() throws(LabError) {
        try end(SIGTERM, "terminate", as: .signaled(SIGTERM), upTo: Limits.workerSignal)
    }

    func end(_ signal: Int32, _ verb: String, as expected: ExitStatus, upTo limit: Duration) throws(LabError) {
        let process = try living(verb)
        process.send(signal: signal)
        // A stopped process takes no notice of SIGTERM before it goes on.
        process.send(signal: SIGCONT)
        guard let status = process.wait(upTo: limit) else {
            throw LabError(.deadline, "\(name): process \(process.pid) is still there after it was told to end")
        }
        guard status == expected else {
            throw LabError(
                .process, "\(name): process \(process.pid) ended by itself (\(status)) as it was to be ended")
        }
        endedByFault += 1
    }

    func pause() throws(LabError) {
        let process = try living("pause")
        process.send(signal: SIGSTOP)
        try waitUntil("stopped", process) { process.isStopped }
    }

    func resume() throws(LabError) {
        let process = try living("resume")
        process.send(signal: SIGCONT)
        // One that is fenced ends soon.
        try waitUntil("running", process) { !process.isStopped || process.exit != nil }
    }

    func living(_ verb: String) throws(LabError) -> WorkerProcess<Orders, Status> {
        if let process = processes.last, process.exit == nil { return process }
        throw LabError(.process, "\(name) has no process to \(verb): \(state)")
    }

    private func waitUntil(
        _ what: String, _ process: WorkerProcess<Orders, Status>, _ isSo: () -> Bool
    ) throws(LabError) {
        let end = MonotonicClock.now() + Limits.workerSignal.nanoseconds
        while !isSo() {
            guard process.exit == nil, MonotonicClock.now() < end else {
                throw LabError(.process, "\(name): process \(process.pid) is not \(what): \(state)")
            }
            usleep(500)
        }
    }

    /// Its process, if it ended by nobody's doing and nobody has been told so far; told from now on.
    func takeUnplannedEnd() -> (process: WorkerProcess<Orders, Status>, exit: ExitStatus)? {
        guard !isAccountedFor, let process = processes.last, let exit = process.exit else { return nil }
        isAccountedFor = true
        return endedByFault == processes.count ? nil : (process, exit)
    }

    /// How such an end is told.
    static func words(_ exit: ExitStatus, error: String?, log worker: String) -> String {
        "\(exit)\(error.map { ": " + $0 } ?? ""); see logs/\(worker).log"
    }
}

extension Duration {
    /// Whole nanoseconds.
    var nanoseconds: Int64 { components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000 }
}
