import Glibc
import Labs
import Platform
import Workers

/// One place of a bridge process.
final class Bridge: WorkerPlace<BridgeOrders, BridgeStatus> {
    /// How often one that is to stand still is told so: more often than it forgets.
    private static let haltEvery: Int64 = 100_000_000
    private var toldToHalt: Int64 = 0

    /// What a crash of it at this moment would show on; true while it is stopped, too.
    var holding: Int { processes.last.flatMap { HoldingFile.read($0.orders.holdingPath) } ?? 0 }

    /// With how many events it stands still behind this stage; as long as it is asked it is told to do so.
    func holding(at stage: BridgeStage) -> Int {
        guard let process = processes.last else { return 0 }
        let now = MonotonicClock.now()
        if now - toldToHalt > Self.haltEvery {
            toldToHalt = now
            process.send(.halt(stage))
        }
        return HoldingFile.read(BridgeOrders.holdingPath(process.orders.holdingPath, at: stage)) ?? 0
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
