import Glibc
import Labs
import Platform
import Workers
import Workload

/// One place of a consumer process of a group.
final class Consumer: WorkerPlace<ConsumerOrders, ConsumerStatus> {
    let group: GroupSettings
    /// What a crash of it at this moment would show on; true while it is stopped, too.
    var holding: Int { processes.last.flatMap { HoldingFile.read($0.orders.holdingPath) } ?? 0 }

    init(name: String, group: GroupSettings) {
        self.group = group
        super.init(name: name)
    }

    /// It finishes what it has in hand, leaves its group and ends.
    override func terminate() throws(LabError) {
        try end(SIGTERM, "terminate", as: .exited(0), upTo: Limits.consumerLeaves)
    }

    /// How it ended, if it did by itself and nobody has been told so far.
    func newLoss() -> String? {
        guard let (process, exit) = takeUnplannedEnd() else { return nil }
        let status = process.poll()
        return process.finishedWell ? nil : Self.words(exit, error: status.error, log: process.orders.worker)
    }
}
